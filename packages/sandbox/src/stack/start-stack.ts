// Everything that a worker needs and a bare machine lacks: Redis, an S3, and a stand-in for the API.
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import type { Environment } from '../services/environment.ts';
import type { RunningRedis } from '../services/redis/running-redis.ts';
import type { RunningS3 } from '../services/s3/running-s3.ts';
import { startRedis } from '../services/start-redis.ts';
import { startS3 } from '../services/start-s3.ts';
import { programSurroundings } from './program-surroundings.ts';
import { CACHE_DIR, shownPath, shownText } from './repository.ts';
import { type StartedProgram, startProgram } from './start-program.ts';

export interface StackWish {
  /** Redis keeps its data in `<dir>/redis`, the bucket's objects lie in `<dir>/bucket`, logs beside them. */
  readonly dir: string;
  /** The person's own; only what `programSurroundings` lets through is used. */
  readonly env: Environment;
  readonly bucket: string;
  /** SANDBOX_*: the stand-in's pace, quotas and faults. */
  readonly sandbox: Readonly<Record<string, string>>;
  /** For the worker and the CLI, beside the addresses. */
  readonly settings: Readonly<Record<string, string>>;
  readonly s3Port?: number;
  /** Told of each part in one line, as it is there. */
  readonly say: (part: string, text: string) => void;
}

export interface Stack {
  /** Names and addresses of all parts: what another terminal needs, too. */
  readonly addresses: Readonly<Record<string, string>>;
  /** The whole environment of a program of ours on this stack. */
  readonly env: Readonly<Record<string, string>>;
  /** The folder in which the bucket's keys are files. */
  readonly bucketDir: string;
  readonly controlUrl: string;
  readonly sandbox: StartedProgram;
  readonly redis: RunningRedis;
  startWorker(): Promise<StartedProgram>;
  /** The HTTP server with the console; resolves to its address as well. */
  startServer(): Promise<StartedProgram & { readonly address: string }>;
}

const API_KEY = 'sk-sandbox';
const Addresses = z.object({ baseUrl: z.url(), controlUrl: z.url() });

/** What was started is handed to `stopLater` at once, so that a failure half way leaves nothing; stop in reverse order. */
export const startStack = async (wish: StackWish, stopLater: (stop: () => Promise<void>) => void): Promise<Stack> => {
  const { dir, say, bucket } = wish;
  const surroundings = programSurroundings(wish.env);
  const log = (part: string) => (line: string) => say(part, shownText(line));
  const redisDir = join(dir, 'redis');
  const redis = await startRedis({
    mode: 'demo',
    cacheDir: CACHE_DIR,
    env: surroundings,
    dir: redisDir,
    log: log('redis'),
  });
  stopLater(redis.stop);
  // The one in memory has introduced itself, and that it keeps nothing.
  if (redis.kind !== 'in-process') say('redis', redisPhrase(redis));

  const bucketsDir = join(dir, 'bucket');
  const port = wish.s3Port === undefined ? {} : { port: wish.s3Port };
  const s3 = await startS3({ kind: 'embedded', dir: bucketsDir, log: log('s3'), ...port });
  stopLater(s3.stop);
  await makeBucket(s3, bucket);
  const bucketDir = join(bucketsDir, bucket);
  say('s3', `embedded, the bucket "${bucket}" is the folder ${shownPath(bucketDir)}`);

  const sandbox = await startProgram({
    file: 'packages/sandbox/src/main.ts',
    env: { ...surroundings, SANDBOX_API_KEYS: API_KEY, ...wish.sandbox },
    logFile: join(dir, 'sandbox.log'),
    readyLine: /^\{.*"baseUrl".*\}$/,
  });
  stopLater(sandbox.stop);
  const { baseUrl, controlUrl } = Addresses.parse(JSON.parse(sandbox.ready[0]));
  say('upstream', `a stand-in for DashScope on ${new URL(baseUrl).host}: same calls, same errors, and a bill`);

  const addresses = {
    REDIS_URL: redis.url,
    ...(redis.kind === 'in-process' ? { REDIS_DURABILITY_ACCEPTED: 'true' } : {}),
    DASHSCOPE_API_KEY: API_KEY,
    DASHSCOPE_BASE_URL: baseUrl,
    RESULT_HOSTS_ALLOWED: '127.0.0.1',
    RESULT_ADDRESSES_ALLOWED: '127.0.0.1/32',
    OUTPAINT_BUCKET: bucket,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_REGION: s3.region,
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
    S3_FORCE_PATH_STYLE: 'true',
  };
  const env = { ...surroundings, ...wish.settings, ...addresses };
  return {
    addresses,
    env,
    bucketDir,
    controlUrl,
    sandbox,
    redis,
    startWorker: async () => {
      const worker = await startProgram({
        file: 'apps/worker/src/main.ts',
        env,
        logFile: join(dir, 'worker.log'),
        readyLine: /worker started/,
      });
      stopLater(worker.stop);
      say(
        'worker',
        `takes rows from Redis through submit, poll and deliver; its log is ${shownPath(join(dir, 'worker.log'))}`,
      );
      return worker;
    },
    startServer: async () => {
      const server = await startProgram({
        file: 'apps/producer/src/main.ts',
        args: ['serve'],
        env,
        logFile: join(dir, 'server.log'),
        readyLine: /server started/,
      });
      stopLater(server.stop);
      const { HTTP_HOST: host = '127.0.0.1', HTTP_PORT: port = '8080' } = env as Record<string, string>;
      const address = `http://${host}:${port}`;
      say('server', `the console is ${address}/, the API's reference ${address}/docs`);
      return { ...server, address };
    },
  };
};

/** The server and how well it remembers, without the paths of this machine. */
const redisPhrase = ({ detail }: RunningRedis): string => {
  const version = /v=([\d.]+)/.exec(detail)?.[1];
  const name = /^valkey/i.test(detail) ? 'Valkey' : 'Redis';
  const server = version === undefined ? detail : `${name} ${version}`;
  return `${server}, every write on disk before it is answered`;
};

const makeBucket = async ({ endpoint, region, accessKeyId, secretAccessKey }: RunningS3, bucket: string) => {
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
  } finally {
    client.destroy();
  }
};
