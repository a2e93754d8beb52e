// A Versity gateway in a container, where a container engine answers: a maintained S3 store on plain files.
import { randomBytes } from 'node:crypto';
import { dockerEngine } from '../docker-engine.ts';
import { within } from '../within.ts';
import type { RunningS3, S3Wish } from './running-s3.ts';

/** https://github.com/versity/versitygw, Apache-2.0; a release, not `latest`, so that runs repeat. */
const IMAGE = 'versity/versitygw:v1.7.0';
const PORT = 7070;
const REGION = 'us-east-1';
const START_TIMEOUT_MS = 120_000;

/** Null where no engine answers; throws when one does and the container cannot be started. */
export const containerS3 = async ({ env, log }: S3Wish): Promise<RunningS3 | null> => {
  const engine = await dockerEngine(env);
  if (engine === null) return null;
  log(`starting ${IMAGE} in a container`);
  const { GenericContainer } = await import('testcontainers');
  const accessKeyId = 'outpaint';
  const secretAccessKey = randomBytes(20).toString('hex');
  const container = await within(
    `starting ${IMAGE}`,
    START_TIMEOUT_MS,
    new GenericContainer(IMAGE)
      .withEnvironment({ ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey, VGW_REGION: REGION })
      // Metadata beside the objects: the container's own file system has no extended attributes everywhere.
      .withCommand(['posix', '--sidecar', '/meta', '/data'])
      .withTmpFs({ '/data': 'rw', '/meta': 'rw' })
      .withExposedPorts(PORT)
      .start(),
  );
  return {
    endpoint: `http://${container.getHost()}:${container.getMappedPort(PORT)}`,
    region: REGION,
    accessKeyId,
    secretAccessKey,
    kind: 'container',
    detail: `${IMAGE} in a container (engine ${engine})`,
    traits: { conditionalPut: true, verifiesSignatures: true },
    stop: async () => {
      await container.stop();
    },
  };
};
