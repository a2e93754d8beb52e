// What every way to a Redis gives back, and what each of them is told.
import type { Environment } from '../environment.ts';
import type { SpawnedRedis } from '../spawn-redis.ts';

export type RedisKind = 'external' | 'installed' | 'container' | 'debian-package' | 'in-process';

export interface RunningRedis {
  /** `redis://…`, loopback unless the caller named one. */
  url: string;
  kind: RedisKind;
  /** One phrase for a person: which server, and from where. Holds no password. */
  detail: string;
  /** The server's process, where we started one. */
  pid?: number;
  /** The server itself, where we started a process: can be killed and started again. */
  server?: SpawnedRedis;
  /** Ends what was started and removes its temporary files. Safe to repeat. An external Redis is left alone. */
  stop(): Promise<void>;
}

export interface RedisWish {
  env: Environment;
  /** Where things that may be kept between runs go; one folder of the checkout. */
  cacheDir: string;
  /** Where the data goes; a temporary folder that is removed on stop, unless given. */
  dir?: string;
  log: (line: string) => void;
}
