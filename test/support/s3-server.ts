// A bucket of a test's own, on the store that the run provides or on any other.
import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { inject, onTestFinished } from 'vitest';
import type { ProvidedS3 } from './global-setup.ts';

export interface FreshBucket {
  bucket: string;
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  client: S3Client;
  /** For a program under test that is configured by its environment. */
  env: Record<string, string>;
}

/** Call it inside a test: the client is closed when the test has finished. The bucket stays; stores of tests are thrown away. */
export const freshBucket = async (
  store: Omit<ProvidedS3, 'traits' | 'kind' | 'detail'> = inject('s3'),
): Promise<FreshBucket> => {
  const bucket = `outpaint-test-${randomUUID()}`;
  const { endpoint, region, accessKeyId, secretAccessKey } = store;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  onTestFinished(() => client.destroy());
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return {
    bucket,
    endpoint,
    region,
    credentials,
    client,
    env: {
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      OUTPAINT_BUCKET: bucket,
      S3_FORCE_PATH_STYLE: 'true',
    },
  };
};
