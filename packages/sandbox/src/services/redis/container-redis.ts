// A Valkey in a container, where a container engine answers.
import { dockerEngine } from '../docker-engine.ts';
import { within } from '../within.ts';
import type { RedisWish, RunningRedis } from './running-redis.ts';

const IMAGE = 'valkey/valkey:8-alpine';
const PORT = 6379;
/** Covers pulling the image over a slow line. */
const START_TIMEOUT_MS = 120_000;

/** Null where no engine answers; throws when one does and the container cannot be started. */
export const containerRedis = async ({ env, log }: RedisWish): Promise<RunningRedis | null> => {
  const engine = await dockerEngine(env);
  if (engine === null) return null;
  log(`starting ${IMAGE} in a container`);
  // Loaded only here: it is large, and most runs never need it.
  const { GenericContainer } = await import('testcontainers');
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--maxmemory-policy', 'noeviction'];
  const container = await within(
    `starting ${IMAGE}`,
    START_TIMEOUT_MS,
    new GenericContainer(IMAGE)
      .withCommand(['valkey-server', ...durable])
      .withExposedPorts(PORT)
      .start(),
  );
  return {
    url: `redis://${container.getHost()}:${container.getMappedPort(PORT)}`,
    kind: 'container',
    detail: `${IMAGE} in a container (engine ${engine})`,
    stop: async () => {
      await container.stop();
    },
  };
};
