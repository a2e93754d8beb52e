// A replica takes over, and a replica is missed: what was paid for is known to both, or is not paid.

import { connectStore } from '@outpaint/shared/queue/connections';
import { expect, it, onTestFinished } from 'vitest';
import { spawnProgram } from '../support/child.ts';
import { dedicatedRedis } from '../support/redis-server.ts';
import { aimedAt, expectBooksBalance, handIn, namesOf } from '../support/row-story.ts';
import { startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';
import { startSwitchingGate } from '../support/switching-gate.ts';
import { waitFor } from '../support/wait-for.ts';

const ROWS = 12;
/** A submit may be held for as long as the test looks at something else. */
const PATIENT = { UPSTREAM_REQUEST_TIMEOUT_MS: '60000', RESCUE_MARGIN_MS: '60000', DOUBT_SETTLE_MS: '60000' };

const pair = async () => {
  const master = await dedicatedRedis();
  const replica = await dedicatedRedis();
  const redis = connectStore(replica.url, 'test-replica');
  redis.on('error', () => undefined);
  onTestFinished(() => redis.disconnect());
  await redis.replicaof('127.0.0.1', master.port);
  await waitFor('the replica to be in step', async () =>
    (await redis.info('replication')).includes('master_link_status:up'),
  );
  return { master, replica, replicaRedis: redis };
};

it.each([
  ['the master dies', true],
  ['the master becomes a replica and keeps its clients (READONLY)', false],
])('a replica is promoted while a batch runs, %s: all delivered, billed once', async (_how, cut) => {
  const { master, replica, replicaRedis } = await pair();
  const gate = await startSwitchingGate(master.url);
  const stack = await startStack({
    redisUrl: gate.url,
    sandbox: { serviceMsMedian: 150 },
    env: {
      REDIS_WAIT_REPLICAS: '1',
      SUBMIT_CONCURRENCY: '2',
      DASHSCOPE_KEY_DEDICATED: 'true',
      DOUBT_SETTLE_MS: '2000',
    },
  });
  const masterRedis = connectStore(master.url, 'test-master');
  masterRedis.on('error', () => undefined);
  onTestFinished(() => masterRedis.disconnect());
  const worker = await stack.startWorker();
  await handIn(stack, namesOf('row', ROWS));
  await waitFor('the batch to be in full swing', () => stack.sandbox.ledger.tasks() >= ROWS / 3);
  // The old master must take no more writes before the new one does.
  gate.switchTo(replica.url, { cut: false });
  if (cut) await master.kill('SIGKILL');
  await replicaRedis.replicaof('NO', 'ONE');
  if (!cut) await masterRedis.replicaof('127.0.0.1', replica.port);
  else gate.switchTo(replica.url, { cut: true });
  // The new master has a replica only in the second case; the first goes on without.
  const second = cut ? await stack.startWorker({ env: { REDIS_WAIT_REPLICAS: '0' } }) : null;
  await stack.waitForBatch(BATCH, 'nothing more to do', ({ counts }) => counts.delivered + counts.in_doubt === ROWS);
  expect(stack.sandbox.ledger.submits()).toBe(ROWS);
  const { counts } = await expectBooksBalance(stack);
  expect(counts.dead_lettered).toBe(0);
  expect(counts.in_doubt).toBeLessThanOrEqual(2);
  await worker.kill('SIGTERM');
  await second?.kill('SIGTERM');
});

it('REDIS_WAIT_REPLICAS: with its replica standing still nothing is submitted, nothing is spent; it goes on with the replica', async () => {
  const { master, replica } = await pair();
  const stack = await startStack({
    redisUrl: master.url,
    env: { REDIS_WAIT_REPLICAS: '1', REDIS_WAIT_MS: '100' },
  });
  const worker = await stack.startWorker();
  await handIn(stack, ['first']);
  await stack.waitForBatch(BATCH, 'first delivered', ({ counts }) => counts.delivered === 1);
  const { pid } = replica;
  if (pid === undefined) throw new Error('the replica is not running');
  process.kill(pid, 'SIGSTOP');
  try {
    await handIn(stack, ['first', ...namesOf('row', ROWS)]);
    await waitFor('three licences to be given back', () => {
      const back = worker.stderr().match(/licence given back unused/g) ?? [];
      return back.length >= 3;
    });
    expect(stack.sandbox.ledger.submits()).toBe(1);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await stack.waitUntilFinished(BATCH);
  expect(stack.sandbox.ledger.submits()).toBe(ROWS + 1);
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: ROWS + 1, dead_lettered: 0 });
  await worker.kill('SIGTERM');
});

it('REDIS_WAIT_REPLICAS: a task id that the replica cannot take is kept on the master, said, and confirmed when the replica is back', async () => {
  const { master, replica, replicaRedis } = await pair();
  const stack = await startStack({
    redisUrl: master.url,
    env: { REDIS_WAIT_REPLICAS: '1', REDIS_WAIT_MS: '100', ...PATIENT },
  });
  const { faults, holds, ledger } = stack.sandbox;
  const worker = await stack.startWorker();
  faults.add({ at: 'submit', kind: 'hold', times: 1 });
  await handIn(stack, ['row']);
  // The licence has been confirmed by then, or there would be no POST.
  await holds.waitForOne({ at: 'submit' });
  const { pid } = replica;
  if (pid === undefined) throw new Error('the replica is not running');
  process.kill(pid, 'SIGSTOP');
  try {
    holds.release({ at: 'submit' });
    await worker.waitForLine(/"replicas":0,.*too few replicas had the task id in time/);
    // The work waits for nobody: what is paid for is fetched.
    await stack.waitForBatch(BATCH, 'delivered', ({ counts }) => counts.delivered === 1);
    expect(worker.stderr()).not.toMatch(/task id has reached the replicas/);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await worker.waitForLine(/task id has reached the replicas/);
  const taskId = ledger.rows(aimedAt('row'))[0]?.taskId ?? '';
  expect(await replicaRedis.get(stack.keys.task(taskId))).toMatch(/^x_/);
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: 1, in_doubt: 0 });
  expect(ledger.submits()).toBe(1);
  await worker.kill('SIGTERM');
});

it('doctor counts the replicas that are waited for', async () => {
  const { master } = await pair();
  const stack = await startStack({ redisUrl: master.url });
  const doctor = async (replicas: string): Promise<string> => {
    const env = { ...stack.env, REDIS_WAIT_REPLICAS: replicas };
    const program = spawnProgram('apps/producer/src/main.ts', { env, args: ['doctor', '--json'] });
    await program.exited;
    const { checks } = JSON.parse(program.stdout()) as { checks: { id: string; verdict: string }[] };
    return checks.find(({ id }) => id === 'redis.replicas')?.verdict ?? 'none';
  };
  expect([await doctor('0'), await doctor('1'), await doctor('2')]).toEqual(['none', 'ok', 'problem']);
});
