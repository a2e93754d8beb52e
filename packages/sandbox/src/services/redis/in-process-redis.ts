// A Redis written in JavaScript, inside this process: for a look at the demo on a machine that has nothing else.
import type { RedisWish, RunningRedis } from './running-redis.ts';

/** Keeps everything in memory and nothing on disk, and slows down as data grows: never for tests, never for real work. */
export const inProcessRedis = async ({ log }: RedisWish): Promise<RunningRedis | null> => {
  const { createRedisServer } = await import('js-redis-server');
  const server = await createRedisServer();
  log('no Redis server is installed: using one in memory, at demo speed, that keeps nothing when this program ends');
  return {
    url: `redis://127.0.0.1:${server.port}`,
    kind: 'in-process',
    detail: 'js-redis-server in memory, keeps nothing',
    stop: () => server.close(),
  };
};
