// An S3 for development: the first of several ways that serves on this machine.
import type { Environment } from './environment.ts';
import { containerS3 } from './s3/container-s3.ts';
import { embeddedS3 } from './s3/embedded-s3.ts';
import { externalS3 } from './s3/external-s3.ts';
import type { RunningS3, S3Kind, S3Wish } from './s3/running-s3.ts';
import { reasonOf } from './service-error.ts';

export interface StartS3Options {
  /** For AWS_ENDPOINT_URL_S3 and its keys; nothing is read from `process.env`. */
  env?: Environment;
  /** The embedded store keeps each object as a file below it: `<dir>/<bucket>/<key>`. In memory unless given. */
  dir?: string;
  /** False makes the embedded store ignore `If-None-Match: *`, as some real stores do. True unless given. */
  conditionalPut?: boolean;
  /** The port of the embedded store; a free one unless given. */
  port?: number;
  /** Takes this kind and no other; for tests of one store. */
  kind?: S3Kind;
  log?: (line: string) => void;
}

/**
 * Everything but an external store listens on loopback. Throws `s3_credentials_missing` for an endpoint without keys.
 * With `dir` the container is passed over, since the point of `dir` is that a person finds the objects there.
 */
export const startS3 = async (options: StartS3Options = {}): Promise<RunningS3> => {
  const wish: S3Wish = {
    env: options.env ?? {},
    conditionalPut: options.conditionalPut ?? true,
    log: options.log ?? (() => {}),
    ...(options.dir === undefined ? {} : { dir: options.dir }),
    ...(options.port === undefined ? {} : { port: options.port }),
  };
  const wants = (kind: S3Kind) => options.kind === undefined || options.kind === kind;
  if (wants('external')) {
    const external = await externalS3(wish);
    if (external !== null) return external;
  }
  if (wants('container') && wish.dir === undefined) {
    const container = await containerS3(wish).catch((error: unknown) => {
      wish.log(`S3 by container did not work: ${reasonOf(error)}`);
      return null;
    });
    if (container !== null) return container;
  }
  return embeddedS3(wish);
};
