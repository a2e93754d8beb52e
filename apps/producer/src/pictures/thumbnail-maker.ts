// One thread that makes pictures small, one after the other; one that does not come to an end is ended, and the next starts anew.
import { Worker } from 'node:worker_threads';
import type { ThumbnailAnswer, ThumbnailJob } from './thumbnail-thread.ts';

export interface ThumbnailMaker {
  /** A JPEG whose longer side is `sideMax` at most. Throws where the picture cannot be read, or takes too long. */
  make(picture: Pick<ThumbnailJob, 'bytes' | 'format' | 'sideMax'>): Promise<Uint8Array>;
  close(): Promise<void>;
}

const MAKE_MS_MAX = 20_000;

/** The same place seen from the source and from what was built. */
const FILE = new URL(`./thumbnail-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

interface Waiting {
  resolve(bytes: Uint8Array): void;
  reject(error: Error): void;
}

/** The thread begins with the first picture and keeps no process alive. */
export const createThumbnailMaker = (): ThumbnailMaker => {
  let thread: Worker | null = null;
  let number = 0;
  let before: Promise<unknown> = Promise.resolve();
  const waiting = new Map<number, Waiting>();

  const end = (which: Worker, error: Error): void => {
    if (thread !== which) return;
    thread = null;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
    void which.terminate();
  };
  const begin = (): Worker => {
    const worker = new Worker(FILE);
    worker.unref();
    worker.on('error', (error) => end(worker, error as Error));
    worker.on('exit', () => end(worker, new Error('the thread ended')));
    worker.on('message', (answer: ThumbnailAnswer) => {
      const asked = waiting.get(answer.number);
      waiting.delete(answer.number);
      if ('bytes' in answer) asked?.resolve(answer.bytes);
      else asked?.reject(new Error(answer.error));
    });
    return worker;
  };
  const makeOne = async (picture: Pick<ThumbnailJob, 'bytes' | 'format' | 'sideMax'>): Promise<Uint8Array> => {
    thread ??= begin();
    const worker = thread;
    number += 1;
    const job: ThumbnailJob = { number, ...picture };
    const answered = new Promise<Uint8Array>((resolve, reject) => waiting.set(job.number, { resolve, reject }));
    const timer = setTimeout(() => end(worker, new Error(`not made within ${MAKE_MS_MAX} ms`)), MAKE_MS_MAX);
    worker.postMessage(job);
    return answered.finally(() => clearTimeout(timer));
  };

  return {
    make: (picture) => {
      const made = before.then(() => makeOne(picture));
      before = made.catch(() => undefined);
      return made;
    },
    close: async () => {
      const worker = thread;
      if (worker === null) return;
      end(worker, new Error('the server stops'));
      await worker.terminate();
    },
  };
};
