// Ticks for as long as a process lives: a BullMQ job scheduler wakes one of all the processes that run schedules.
import { randomUUID } from 'node:crypto';
import type { RedisConnection } from '@outpaint/shared/queue/connections';
import { SCHEDULE_QUEUE } from '@outpaint/shared/queue/names';
import { Queue, Worker } from 'bullmq';
import { type TickDeps, tick } from './tick.ts';

/** How late a slot may fire on an idle machine. */
const TICK_MS = 10_000;
const TICK_ID = 'tick';

export interface RunningSchedules {
  /** The tick in hand ends first. */
  stop(): Promise<void>;
}

/** Runs in any number of processes: which of them ticks is BullMQ's choice, and two ticks at once are harmless. */
export const runSchedules = async (
  deps: Omit<TickDeps, 'owner'>,
  o: { readonly connection: RedisConnection; readonly queuePrefix: string },
): Promise<RunningSchedules> => {
  const { connection, queuePrefix: prefix } = o;
  const heard = (error: Error): void => deps.log.debug({ err: error }, 'schedules: Redis');
  const queue = new Queue(SCHEDULE_QUEUE, { connection, prefix, streams: { events: { maxLen: 100 } } });
  queue.on('error', heard);
  // Only with another gap: an upsert as it stands would begin its gap anew with each restart.
  const known = await queue.getJobScheduler(TICK_ID);
  if (known?.every !== TICK_MS) {
    await queue.upsertJobScheduler(
      TICK_ID,
      { every: TICK_MS },
      { name: TICK_ID, opts: { removeOnComplete: true, removeOnFail: true } },
    );
  }
  const whole: TickDeps = { ...deps, owner: randomUUID() };
  const worker = new Worker(SCHEDULE_QUEUE, () => tick(whole), {
    connection,
    prefix,
    concurrency: 1,
    lockDuration: 120_000,
    maxStalledCount: 1_000_000,
  });
  worker.on('error', heard);
  worker.on('failed', (_job, error) => deps.log.error({ err: error }, 'tick failed; the next one tries again'));
  return {
    stop: async () => {
      await worker.close();
      await queue.close();
    },
  };
};
