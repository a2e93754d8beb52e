// A lock that two processes on one machine agree on: a file that only one can create.
import { open, readFile, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { ServiceError } from './service-error.ts';

const RETRY_MS = 100;

const ownerIsAlive = async (path: string): Promise<boolean> => {
  const pid = Number(await readFile(path, 'utf8').catch(() => ''));
  // An empty file belongs to someone who is between creating it and writing a number into it.
  if (!Number.isInteger(pid) || pid <= 0) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM says that it lives, under another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/**
 * Runs `work` while no other process holds the lock at `path`. A lock whose owner has died is taken over.
 * Throws `lock_timeout`, naming the file, when the lock is not free within `timeoutMs`.
 */
export const withFileLock = async <T>(path: string, timeoutMs: number, work: () => Promise<T>): Promise<T> => {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const file = await open(path, 'wx').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return null;
      throw error;
    });
    if (file !== null) {
      await file.writeFile(String(process.pid));
      await file.close();
      break;
    }
    if (!(await ownerIsAlive(path))) {
      await rm(path, { force: true });
      continue;
    }
    if (performance.now() > deadline) {
      throw new ServiceError('lock_timeout', `${path} is held by another process; remove it if there is none`);
    }
    await pause(RETRY_MS);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
};
