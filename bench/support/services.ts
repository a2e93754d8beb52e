// The services that a measure needs, on loopback: Redis with AOF, S3, and the sandbox upstream.
import { resolve } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { startRedis } from '@outpaint/sandbox/services/start-redis';
import { startS3 } from '@outpaint/sandbox/services/start-s3';

/** How often, and how large; each measure has a size of its own where none is given. */
export interface BenchTerms {
  readonly rounds: number;
  readonly rows?: number | undefined;
}

export interface BenchServices {
  readonly redisUrl: string;
  readonly redisDetail: string;
  /** For a worker's environment. */
  readonly storeEnv: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const BUCKET = 'outpaint-bench';

export const startServices = async (env: NodeJS.ProcessEnv): Promise<BenchServices> => {
  const redis = await startRedis({ mode: 'test', cacheDir: resolve(import.meta.dirname, '../../.cache'), env });
  const s3 = await startS3({ env: {} });
  const credentials = { accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey };
  const client = new S3Client({ endpoint: s3.endpoint, region: s3.region, credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  client.destroy();
  return {
    redisUrl: redis.url,
    redisDetail: redis.detail,
    storeEnv: {
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_REGION: s3.region,
      AWS_ACCESS_KEY_ID: s3.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
      S3_FORCE_PATH_STYLE: 'true',
      OUTPAINT_BUCKET: BUCKET,
    },
    close: async () => {
      await s3.stop();
      await redis.stop();
    },
  };
};
