// Redis has reached its maxmemory: producers are told so, the worker does not spin, and all goes on once there is room.
import { STAGES } from '@outpaint/shared/lifecycle/stage';
import { expect, it } from 'vitest';
import { spawnProgram } from '../support/child.ts';
import { dedicatedRedis } from '../support/redis-server.ts';
import { expectBooksBalance, handIn, namesOf, rowOf } from '../support/row-story.ts';
import { startStack } from '../support/stack.ts';
import { BATCH, idOf } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';

const ROWS = 12;
const GHOSTS = 50;

const ghost = (name: string) => ({ id: idOf(name), hop: 1 });

/** Some 50 with these tests' short gaps (feed, sweep, looks, one fetch a second for each stage); 14,000 without a pause. */
const REFUSALS_PER_SECOND_MAX = 500;

it('a full Redis: refused with a clear error, no spinning, nothing lost, and it goes on by itself once there is room', async () => {
  const server = await dedicatedRedis();
  const stack = await startStack({ redisUrl: server.url, sandbox: { serviceMsMedian: 150 } });
  const first = await stack.startWorker();
  await handIn(stack, namesOf('row', ROWS));
  await waitFor('the batch to be in full swing', () => stack.sandbox.ledger.tasks() >= ROWS / 3);
  await first.kill('SIGTERM');
  // With tokens that wait, a worker that fetches for the first time is what BullMQ lets ask again at once: 7,000 times a
  // second (measured). These have no record and end as nothing.
  for (const stage of STAGES) await stack.queues.addTokens(stage, namesOf('ghost', GHOSTS).map(ghost));
  await stack.redis.config('SET', 'maxmemory', '1mb');
  const worker = await stack.startWorker();

  await expect(stack.accept(BATCH, [rowOf(stack, 'late')])).rejects.toThrow(/OOM/);
  const cli = spawnProgram('apps/producer/src/main.ts', { env: stack.env, args: ['batch', 'pause', BATCH] });
  expect((await cli.exited).code).toBe(5);
  expect(cli.stderr()).toMatch(/OOM.*Check that Redis runs/);

  const refusals = async (): Promise<number> =>
    Number(/total_error_replies:(\d+)/.exec(await stack.redis.info('stats'))?.[1]);
  const said = (): number => worker.stderr().split('\n').length;
  const before = { refused: await refusals(), said: said(), at: performance.now() };
  await waitFor('three seconds', () => performance.now() - before.at > 3_000);
  const seconds = (performance.now() - before.at) / 1_000;
  const perSecond = ((await refusals()) - before.refused) / seconds;
  expect(perSecond).toBeGreaterThan(0);
  expect(perSecond).toBeLessThan(REFUSALS_PER_SECOND_MAX);
  expect((said() - before.said) / seconds).toBeLessThan(REFUSALS_PER_SECOND_MAX);

  await stack.redis.config('SET', 'maxmemory', '0');
  await stack.waitUntilFinished(BATCH);
  expect(stack.sandbox.ledger.submits()).toBe(ROWS);
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: ROWS, in_doubt: 0, dead_lettered: 0 });
  expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null });
});
