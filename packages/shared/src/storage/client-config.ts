// How every S3 client of ours is made.
import type { S3ClientConfig } from '@aws-sdk/client-s3';

export interface ClientSettings {
  /** Else the AWS SDK's own chain, as for `endpoint` and `credentials`. */
  region?: string;
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  forcePathStyle: boolean;
}

export const clientConfig = (settings: ClientSettings): S3ClientConfig => ({
  ...(settings.region === undefined ? {} : { region: settings.region }),
  ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
  ...(settings.credentials === undefined ? {} : { credentials: settings.credentials }),
  forcePathStyle: settings.forcePathStyle,
  // Retrying is the queue's job: a retry in here would hide how the store is doing, and outlast the deadline.
  maxAttempts: 1,
  // The SDK's default adds a CRC in a trailer, which many S3-compatible stores reject (aws-sdk-js-v3#6810).
  // We send our own SHA-256 instead. Set both, and presigned URLs stay free of checksum parameters, too.
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
});

/** From the settings as they are read from the environment. */
export const clientSettingsOf = (store: {
  readonly awsEndpointUrlS3: string | null;
  readonly awsRegion: string | null;
  readonly s3ForcePathStyle: boolean;
}): ClientSettings => ({
  ...(store.awsEndpointUrlS3 === null ? {} : { endpoint: store.awsEndpointUrlS3 }),
  ...(store.awsRegion === null ? {} : { region: store.awsRegion }),
  forcePathStyle: store.s3ForcePathStyle,
});
