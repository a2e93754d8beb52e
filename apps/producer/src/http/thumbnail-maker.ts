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

/** The thread begins with the first picture and keeps no process alive. */
export const createThumbnailMaker = (): ThumbnailMaker => {
  let thread: Worker | null = null;
  let number = 0;
  let before: Promise<unknown> = Promise.resolve();

  const end = async (which: Worker): Promise<void> => {
    if (thread === which) thread = null;
    await which.terminate();
  };

  const makeOne = (picture: Pick<ThumbnailJob, 'bytes' | 'format' | 'sideMax'>): Promise<Uint8Array> => {
    thread ??= new Worker(FILE);
    const worker = thread;
    worker.unref();
    number += 1;
    const job: ThumbnailJob = { number, ...picture };
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => fail(new Error(`not made within ${MAKE_MS_MAX} ms`)), MAKE_MS_MAX);
      const settle = (): void => {
        clearTimeout(timer);
        worker.removeAllListeners();
        // Without a listener an error of the thread would end the server.
        worker.on('error', () => undefined);
      };
      const fail = (error: Error): void => {
        settle();
        void end(worker);
        reject(error);
      };
      worker.on('error', fail);
      worker.on('exit', () => fail(new Error('the thread ended')));
      worker.on('message', (answer: ThumbnailAnswer) => {
        settle();
        if ('bytes' in answer) resolve(answer.bytes);
        else reject(new Error(answer.error));
      });
      worker.postMessage(job);
    });
  };

  return {
    make: (picture) => {
      const made = before.then(() => makeOne(picture));
      before = made.catch(() => undefined);
      return made;
    },
    close: async () => {
      if (thread !== null) await end(thread);
    },
  };
};
