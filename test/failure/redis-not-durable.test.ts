// A Redis that may forget what was paid for: nothing is submitted, unless somebody has said that this is accepted.
import { expect, it } from 'vitest';
import { dedicatedRedis } from '../support/redis-server.ts';
import { expectBooksBalance, handIn, namesOf, rowOf } from '../support/row-story.ts';
import { startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';

const EARLY = namesOf('early', 3);
const LATE = namesOf('late', 3);

it.each([
  ['appendfsync', 'everysec', 'appendfsync is everysec'],
  ['appendonly', 'no', 'appendonly is no'],
  ['maxmemory-policy', 'allkeys-lru', 'maxmemory-policy is allkeys-lru'],
])(
  'with %s %s nothing is submitted and the worker says why; what was submitted is delivered',
  async (name, value, said) => {
    const server = await dedicatedRedis();
    const stack = await startStack({ redisUrl: server.url });
    const durable = await stack.startWorker({ args: ['--stages', 'submit'] });
    await stack.accept(
      BATCH,
      EARLY.map((row) => rowOf(stack, row)),
    );
    await stack.waitForBatch(BATCH, 'submitted', ({ counts }) => counts.submitted === EARLY.length);
    await durable.kill('SIGTERM');

    await stack.redis.config('SET', name, value);
    await handIn(stack, LATE);
    const careful = await stack.startWorker();
    const [refusal] = await careful.waitForLine(/"at_risk":.*nothing is submitted/);
    expect(refusal).toContain(said);
    // It polls and delivers what is in flight, so it had every chance to submit as well.
    await stack.waitForBatch(BATCH, 'early rows delivered', ({ counts }) => counts.delivered === EARLY.length);
    expect((await stack.batch(BATCH)).counts.accepted).toBe(LATE.length);
    expect(stack.sandbox.ledger.submits()).toBe(EARLY.length);
    await careful.kill('SIGTERM');

    const told = await stack.startWorker({ env: { REDIS_DURABILITY_ACCEPTED: 'true' } });
    await stack.waitUntilFinished(BATCH);
    await told.waitForLine(/REDIS_DURABILITY_ACCEPTED says that this is accepted/);
    expect((await expectBooksBalance(stack)).counts.delivered).toBe(EARLY.length + LATE.length);
    await told.kill('SIGTERM');
  },
);
