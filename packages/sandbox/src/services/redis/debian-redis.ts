// The distribution's own Redis or Valkey, unpacked into the checkout: no root, and nothing outside is touched.
import { spawnRedis } from '../spawn-redis.ts';
import { debianBinary } from './debian-binary.ts';
import type { RedisWish, RunningRedis } from './running-redis.ts';

/** Null where there is no apt. Throws when apt is there and the package cannot be had. */
export const debianRedis = async (wish: RedisWish): Promise<RunningRedis | null> => {
  const found = await debianBinary(wish);
  if (found === null) return null;
  const server = await spawnRedis({
    binary: found.binary,
    ...(found.libraryPath === undefined ? {} : { libraryPath: found.libraryPath }),
    ...(wish.dir === undefined ? {} : { dir: wish.dir }),
  });
  return {
    url: server.url,
    kind: 'debian-package',
    detail: `${found.version}, the distribution's package unpacked in ${wish.cacheDir}`,
    ...(server.pid === undefined ? {} : { pid: server.pid }),
    server,
    stop: server.stop,
  };
};
