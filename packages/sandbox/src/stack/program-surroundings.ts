// What a program that is started here sees of the person's own environment: nothing that could lead it elsewhere.
import { resolve } from 'node:path';
import { type Environment, searchPathOf } from '../services/environment.ts';
import { CACHE_DIR } from './repository.ts';

/** For finding programs, for a proxy in front of the package archive, and for how a terminal is written to. */
const PASSED_ON = [
  ...['HOME', 'TMPDIR', 'LANG', 'TERM', 'COLUMNS', 'NO_COLOR', 'FORCE_COLOR', 'DOCKER_HOST', 'CI'],
  ...['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'],
];

/**
 * A person's REDIS_URL, bucket and keys stay out: what is started here must never write to what they name.
 * Compiled code is kept between runs, which saves every start half a second.
 */
export const programSurroundings = (env: Environment): Record<string, string> => ({
  ...Object.fromEntries(PASSED_ON.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
  PATH: searchPathOf(env),
  NODE_COMPILE_CACHE: resolve(CACHE_DIR, 'node-compile'),
});
