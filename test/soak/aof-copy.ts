// Copies of a Redis server's append-only files: what a backup would hold, and what a restore puts in their place.
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDER = 'appendonlydir';
const TRIES_MAX = 5;

const manifestOf = async (dir: string): Promise<string> => {
  const names = await readdir(join(dir, FOLDER));
  const name = names.find((one) => one.endsWith('.manifest'));
  return name === undefined ? '' : readFile(join(dir, FOLDER, name), 'utf8');
};

/** While the server runs; the end of the last file may be cut, which Redis forgives. Throws when it rewrites all the time. */
export const copyAof = async (dir: string, to: string): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const before = await manifestOf(dir);
      await rm(to, { recursive: true, force: true });
      await cp(join(dir, FOLDER), to, { recursive: true });
      if (before === (await manifestOf(dir))) return;
    } catch (error) {
      if (attempt >= TRIES_MAX) throw error;
    }
  }
};

/** While the server is down. */
export const restoreAof = async (dir: string, from: string): Promise<void> => {
  await rm(join(dir, FOLDER), { recursive: true, force: true });
  await cp(from, join(dir, FOLDER), { recursive: true });
};
