// The S3 that the caller's environment names, by the AWS SDK's own variables.
import { ServiceError } from '../service-error.ts';
import type { RunningS3, S3Wish } from './running-s3.ts';

/** Throws `s3_credentials_missing` when an endpoint is named and its keys are not. */
export const externalS3 = async ({ env }: S3Wish): Promise<RunningS3 | null> => {
  const endpoint = env.AWS_ENDPOINT_URL_S3;
  if (endpoint === undefined || endpoint === '') return null;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new ServiceError(
      's3_credentials_missing',
      'AWS_ENDPOINT_URL_S3 is set: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY too, or unset it',
    );
  }
  return {
    endpoint,
    region: env.AWS_REGION ?? 'us-east-1',
    accessKeyId,
    secretAccessKey,
    kind: 'external',
    detail: `AWS_ENDPOINT_URL_S3 (${endpoint})`,
    traits: { conditionalPut: null, verifiesSignatures: null },
    stop: async () => {},
  };
};
