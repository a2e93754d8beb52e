// What one run stands on: a Redis of its own, a store behind a gate, and the stand-in for the API as a process.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { Environment } from '@outpaint/sandbox/services/environment';
import { type SpawnedRedis, spawnRedis } from '@outpaint/sandbox/services/spawn-redis';
import { findRedisBinary } from '@outpaint/sandbox/services/start-redis';
import { startS3 } from '@outpaint/sandbox/services/start-s3';
import { type S3Gate, startS3Gate } from '@outpaint/sandbox/services/start-s3-gate';
import { programSurroundings } from '@outpaint/sandbox/stack/program-surroundings';
import { CACHE_DIR } from '@outpaint/sandbox/stack/repository';
import { startProgram } from '@outpaint/sandbox/stack/start-program';
import type { ApiTime } from './api-time.ts';
import { faultMix } from './fault-mix.ts';
import { type SandboxControl, sandboxControl } from './sandbox-control.ts';
import { sandboxSettings, workerSettings } from './scaled-settings.ts';

export interface World {
  readonly dir: string;
  readonly t: ApiTime;
  readonly redis: SpawnedRedis;
  /** Between the workers and the store; the judge looks past it. */
  readonly gate: S3Gate;
  readonly store: S3Client;
  readonly bucket: string;
  readonly baseUrl: string;
  readonly sandbox: SandboxControl;
  /** The whole environment of a program of ours in this world. */
  readonly env: Readonly<Record<string, string>>;
}

export interface WorldWish {
  readonly dir: string;
  readonly env: Environment;
  readonly t: ApiTime;
  readonly seed: string;
  readonly dedicated: boolean;
  /** Whether the API signs a finished task's link anew; nobody knows, so the seeds differ. */
  readonly resign: boolean;
}

export const BUCKET = 'soak';
export const OWN_KEY = 'sk-sandbox';
export const NEIGHBOUR_KEY = 'sk-neighbour';

/** Throws where this machine has no server program to kill. What was started is handed to `stopLater` at once. */
export const startWorld = async (wish: WorldWish, stopLater: (stop: () => Promise<void>) => void): Promise<World> => {
  const { dir, t } = wish;
  await mkdir(dir, { recursive: true });
  const surroundings = programSurroundings(wish.env);
  const found = await findRedisBinary({ cacheDir: CACHE_DIR, env: wish.env });
  if (found === null) throw new Error('No redis-server or valkey-server here to start and kill: install one of them');
  const { binary, libraryPath } = found;
  const redis = await spawnRedis({
    binary,
    dir: join(dir, 'redis'),
    ...(libraryPath === undefined ? {} : { libraryPath }),
  });
  stopLater(redis.stop);

  const s3 = await startS3({ kind: 'embedded' });
  stopLater(s3.stop);
  const credentials = { accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey };
  const store = new S3Client({ endpoint: s3.endpoint, region: s3.region, credentials, forcePathStyle: true });
  stopLater(async () => store.destroy());
  await store.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const gate = await startS3Gate({ target: s3.endpoint });
  stopLater(gate.close);

  const program = await startProgram({
    file: 'packages/sandbox/src/main.ts',
    env: {
      ...surroundings,
      SANDBOX_API_KEYS: `${OWN_KEY},${NEIGHBOUR_KEY}`,
      ...sandboxSettings(t, wish.seed, wish.resign),
    },
    logFile: join(dir, 'sandbox.log'),
    readyLine: /^\{.*"baseUrl".*\}$/,
  });
  stopLater(program.stop);
  const { baseUrl, controlUrl } = JSON.parse(program.ready[0]) as { baseUrl: string; controlUrl: string };
  const sandbox = sandboxControl(controlUrl);
  await sandbox.addFaults(faultMix(t));

  const env = {
    ...surroundings,
    ...workerSettings(t),
    REDIS_URL: redis.url,
    DASHSCOPE_API_KEY: OWN_KEY,
    DASHSCOPE_BASE_URL: baseUrl,
    DASHSCOPE_KEY_DEDICATED: String(wish.dedicated),
    OUTPAINT_BUCKET: BUCKET,
    AWS_ENDPOINT_URL_S3: gate.endpoint,
    AWS_REGION: s3.region,
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
    S3_FORCE_PATH_STYLE: 'true',
  };
  return { dir, t, redis, gate, store, bucket: BUCKET, baseUrl, sandbox, env };
};
