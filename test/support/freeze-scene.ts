// A worker that is frozen (SIGSTOP) at one named point of one row, while another worker goes on, and then woken (SIGCONT).
import { type S3Gate, startS3Gate } from '@outpaint/sandbox/services/start-s3-gate';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import { licenceLua } from '@outpaint/shared/record/scripts/licence';
import { transitionLua } from '@outpaint/shared/record/scripts/transition';
import { expect, inject, onTestFinished } from 'vitest';
import type { Program } from './child.ts';
import { type GateTrap, type RedisGate, startRedisGate } from './redis-gate.ts';
import { expectBooksBalance, handIn, namesOf, recordOf, rowOf } from './row-story.ts';
import { type Stack, startStack } from './stack.ts';
import { BATCH, idOf } from './stores.ts';
import { waitFor } from './wait-for.ts';

export const FROZEN = 'frozen';
const OTHERS = namesOf('other', 3);
const READY = { submit: 'accepted', poll: 'submitted', deliver: 'generated' } as const;

export interface FreezePoint {
  /** The stage in which it is frozen; other workers have brought the row there. */
  readonly stage: keyof typeof READY;
  /** At a command to Redis, or while the stand-in holds a call of it. */
  readonly at:
    | { readonly redis: (stack: Stack) => Omit<GateTrap, 'spring' | 'hold'> }
    | { readonly held: 'submit' | 'query' | 'result' }
    /** Its call of the bucket has left, and waits at a gate. */
    | { readonly store: 'PUT' };
  /** What the other worker makes of the row meanwhile. */
  readonly meanwhile: (record: ExpansionRecord) => boolean;
  /** The queue leaves its token to it all the while: what guards then is not the loss of the lock. */
  readonly lockStands?: true;
  /** Runs before the worker is woken. */
  readonly beforeWaking?: (stack: Stack) => Promise<void>;
}

export interface FreezeStory {
  readonly stack: Stack;
  readonly record: ExpansionRecord;
  /** PUTs that the frozen worker sent. */
  readonly puts: number;
  readonly events: readonly string[];
}

const ENV = {
  TOKEN_LOCK_MS: '1000',
  RESULT_DEADLINE_MS: '1000',
  S3_REQUEST_TIMEOUT_MS: '1000',
  RESCUE_MARGIN_MS: '1000',
  UPSTREAM_REQUEST_TIMEOUT_MS: '1000',
};

const startVictim = (stack: Stack, gate: RedisGate, s3: S3Gate, stage: string): Promise<Program> =>
  stack.startWorker({
    env: {
      REDIS_URL: gate.url,
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      SUBMIT_CONCURRENCY: '1',
      POLL_CONCURRENCY: '1',
      DELIVER_CONCURRENCY: '1',
    },
    args: ['--stages', stage],
  });

const bringTo = async (stack: Stack, stage: FreezePoint['stage']): Promise<void> => {
  await stack.accept(BATCH, [rowOf(stack, FROZEN)]);
  if (stage === 'submit') return;
  const worker = await stack.startWorker({ args: ['--stages', stage === 'poll' ? 'submit' : 'submit,poll'] });
  await stack.waitForBatch(BATCH, READY[stage], ({ counts }) => counts[READY[stage]] === 1);
  await worker.kill('SIGTERM');
};

/** Freezes, lets the other worker go on for longer than lock and rescue margin, wakes, and waits for the end of both. */
export const freezeAt = async (point: FreezePoint): Promise<FreezeStory> => {
  const stack = await startStack({
    env: { ...ENV, ...(point.lockStands === true ? { TOKEN_LOCK_MS: '120000' } : {}) },
  });
  const s3 = await startS3Gate({ target: inject('s3').endpoint });
  onTestFinished(() => s3.close());
  const gate = await startRedisGate(stack.env.REDIS_URL ?? '');
  for (const lua of [licenceLua, transitionLua]) await stack.redis.script('LOAD', lua);
  const { faults, holds } = stack.sandbox;

  await bringTo(stack, point.stage);
  const { promise: caught, resolve: spring } = Promise.withResolvers<void>();
  let victim: Program | undefined;
  const stop = () => process.kill(victim?.pid ?? -1, 'SIGSTOP');
  if ('store' in point.at) {
    void s3.hold(point.at.store).held.then(() => spring());
  } else if ('held' in point.at) {
    const rule = { at: point.at.held, kind: 'hold' as const, times: 1 };
    faults.add(point.at.held === 'submit' ? { ...rule, at: 'submit', created: true } : (rule as never));
    void holds.waitForOne({ at: point.at.held }, 60_000).then(() => spring());
  } else {
    gate.arm({ ...point.at.redis(stack), hold: true, spring });
  }
  victim = await startVictim(stack, gate, s3, point.stage);
  await caught;
  stop();

  const other = await stack.startWorker();
  await handIn(stack, OTHERS);
  await stack.waitForBatch(BATCH, 'the other rows delivered', ({ counts }) => counts.delivered >= OTHERS.length);
  await waitFor('the other worker to take up the frozen row', async () =>
    point.meanwhile(await recordOf(stack, FROZEN)),
  );
  await point.beforeWaking?.(stack);

  gate.release();
  holds.release();
  s3.release();
  process.kill(victim.pid, 'SIGCONT');
  await stack.waitUntilFinished(BATCH);
  // What it had in hand ends, whatever comes of it.
  expect(await victim.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(await other.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  const record = await recordOf(stack, FROZEN);
  const events = (await stack.records.history(record.id)).map(({ event }) => event);
  // Of pictures: workers put the mark of their licences there as well, and reports.
  const puts = s3.requests.filter(
    ({ method, url }) => method === 'PUT' && !/\/\.outpaint\/|\/report\//.test(url),
  ).length;
  return { stack, record, puts, events };
};

/** What holds wherever a worker was frozen: one bill and one object for each row, one ending, exact counters. */
export const expectNothingTwice = async ({ stack, record, events }: FreezeStory): Promise<void> => {
  const { ledger } = stack.sandbox;
  expect(ledger.billedTwice()).toEqual([]);
  expect(ledger.tasks()).toBe(OTHERS.length + 1);
  expect(events.filter((event) => event === 'delivered')).toHaveLength(1);
  expect(record).toMatchObject({ status: 'delivered', deaths: 0, attempts: 0 });
  expect(await stack.keysInBucket()).toHaveLength(OTHERS.length + 1);
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: OTHERS.length + 1, in_doubt: 0 });
};

/** The n-th command that names the row's record. */
export const recordRead = (nth: number) => (stack: Stack) => ({
  text: stack.keys.record(idOf(FROZEN)),
  skip: nth - 1,
});
