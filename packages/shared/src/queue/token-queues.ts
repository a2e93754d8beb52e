// Adds wake-up tokens and letters: the only place where jobs are made.
import { type Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { DeadLetter } from '../contract/dead-letter.ts';
import type { ExpansionId } from '../contract/ids.ts';
import { type StageToken, tokenJobId } from '../contract/stage-token.ts';
import type { Stage } from '../lifecycle/stage.ts';
import { LETTER_OPTIONS, TOKEN_OPTIONS } from './job-options.ts';
import { DEAD_LETTER_QUEUE, STAGE_QUEUES } from './names.ts';

export interface TokenQueues {
  /** Safe to repeat: a token is named by its id and hop, and BullMQ ignores a name that it has. */
  addToken(stage: Stage, id: ExpansionId, hop: number, delayMs: number, priority?: number): Promise<void>;
  addTokens(stage: Stage, tokens: readonly { id: ExpansionId; hop: number }[]): Promise<void>;
  /** Lets a token that waits for its time come at once. False where none waits so, which is no fault. Safe to repeat. */
  wakeToken(stage: Stage, id: ExpansionId, hop: number): Promise<boolean>;
  /** Where the record's message is now, or null where none is waiting. */
  tokenState(stage: Stage, id: ExpansionId, hop: number): Promise<string | null>;
  /**
   * A letter that stands under that name says what this one says from now on. Safe to repeat while it stands; the record's
   * flag keeps one that was consumed from coming back.
   */
  addLetter(letterId: string, letter: DeadLetter): Promise<void>;
  /** What a letter that stands says anew, by what it says now. False where none stands, or nothing changes. Safe to repeat. */
  rewriteLetter(letterId: string, rewrite: (letter: DeadLetter) => DeadLetter): Promise<boolean>;
  readLetter(letterId: string): Promise<DeadLetter | null>;
  /** True if it stood there. */
  removeLetter(letterId: string): Promise<boolean>;
  close(): Promise<void>;
}

const tokenOf = (id: ExpansionId, hop: number): StageToken => ({ v: 1, id, hop });

/** Shares one connection between all queues. `onError` hears connection errors, which would otherwise be thrown. */
export const createTokenQueues = (redis: Redis, queuePrefix: string, onError: (error: Error) => void): TokenQueues => {
  const open = (name: string): Queue => {
    const queue = new Queue(name, {
      connection: redis,
      prefix: queuePrefix,
      skipVersionCheck: true,
      streams: { events: { maxLen: 100 } },
    });
    queue.on('error', onError);
    return queue;
  };
  const stages: Record<Stage, Queue> = {
    submit: open(STAGE_QUEUES.submit),
    poll: open(STAGE_QUEUES.poll),
    deliver: open(STAGE_QUEUES.deliver),
  };
  const letters = open(DEAD_LETTER_QUEUE);
  const letterJob = async (letterId: string): Promise<Job<DeadLetter> | null> =>
    (await letters.getJob(letterId)) ?? null;
  /** False where somebody took it in the meantime. */
  const update = async (job: Job<DeadLetter>, letter: DeadLetter): Promise<boolean> => {
    try {
      await job.updateData(letter);
      return true;
    } catch (error) {
      if ((await letterJob(job.id ?? '')) !== null) throw error;
      return false;
    }
  };

  return {
    addToken: async (stage, id, hop, delayMs, priority) => {
      await stages[stage].add(stage, tokenOf(id, hop), {
        ...TOKEN_OPTIONS,
        jobId: tokenJobId(id, hop),
        delay: delayMs,
        ...(priority === undefined ? {} : { priority }),
      });
    },
    addTokens: async (stage, tokens) => {
      if (tokens.length === 0) return;
      await stages[stage].addBulk(
        tokens.map(({ id, hop }) => ({
          name: stage,
          data: tokenOf(id, hop),
          opts: { ...TOKEN_OPTIONS, jobId: tokenJobId(id, hop) },
        })),
      );
    },
    wakeToken: async (stage, id, hop) => {
      const job = await stages[stage].getJob(tokenJobId(id, hop));
      if (job === undefined) return false;
      try {
        await job.promote();
        return true;
      } catch (error) {
        // It is being worked on, or has come by itself in the meantime.
        if (await job.isDelayed()) throw error;
        return false;
      }
    },
    tokenState: async (stage, id, hop) => {
      const state = await stages[stage].getJobState(tokenJobId(id, hop));
      return state === 'unknown' ? null : state;
    },
    addLetter: async (letterId, letter) => {
      const job = (await letters.add('letter', letter, { ...LETTER_OPTIONS, jobId: letterId })) as Job<DeadLetter>;
      // BullMQ ignores an add under a name that it has, with all that it says.
      await update(job, letter);
    },
    rewriteLetter: async (letterId, rewrite) => {
      const job = await letterJob(letterId);
      if (job === null) return false;
      const letter = rewrite(job.data);
      return JSON.stringify(letter) !== JSON.stringify(job.data) && (await update(job, letter));
    },
    readLetter: async (letterId) => (await letterJob(letterId))?.data ?? null,
    removeLetter: async (letterId) => (await letters.remove(letterId)) === 1,
    close: async () => {
      await Promise.all([...Object.values(stages), letters].map((queue) => queue.close()));
    },
  };
};
