// Redis comes back with what it knew a while ago: noticed, halted, put right, and nobody pays twice.
import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SpawnedRedis } from '@outpaint/sandbox/services/spawn-redis';
import { expect, it } from 'vitest';
import { spawnProgram } from '../support/child.ts';
import { dedicatedRedis } from '../support/redis-server.ts';
import { expectBooksBalance, handIn, namesOf, recordOf } from '../support/row-story.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';

const EARLY = namesOf('early', 3);
const ROWS = 8;
/** Short, so that a test sees it pass; each submit of these tests is answered long before. */
const ENV = { DOUBT_SETTLE_MS: '2000', DASHSCOPE_KEY_DEDICATED: 'true' };

const aofOf = (server: SpawnedRedis): string => join(server.dir, 'appendonlydir');

/** The append-only file as it is now, to be put back later. */
const copyOf = async (server: SpawnedRedis): Promise<() => Promise<void>> => {
  const kept = join(server.dir, 'kept');
  await cp(aofOf(server), kept, { recursive: true });
  return async () => {
    await server.kill('SIGKILL');
    await rm(aofOf(server), { recursive: true });
    await cp(kept, aofOf(server), { recursive: true });
    await server.start();
  };
};

/** Three rows delivered, then a copy of Redis, then all others submitted: their tasks are forgotten when it comes back. */
const forgetful = async (o: { env?: Record<string, string> } = {}) => {
  const server = await dedicatedRedis();
  const stack = await startStack({ redisUrl: server.url, env: { ...ENV, ...o.env } });
  await stack.accept(BATCH, []);
  const names = [...EARLY, ...namesOf('late', ROWS - EARLY.length)];
  const worker = await stack.startWorker();
  return { server, stack, names, worker };
};

const outpaint = async (stack: Stack, ...args: string[]) => {
  const program = spawnProgram('apps/producer/src/main.ts', { env: stack.env, args });
  const { code } = await program.exited;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
};

const halted = (stack: Stack) =>
  waitFor('the line to be halted', async () => {
    const line = await stack.batches.line();
    return line.code === 'redis_went_back' && line.wentBack?.lookedAt !== null ? line : null;
  });

it('an older append-only file put back under a worker that lives: it gives the tasks back, submitting goes on by itself', async () => {
  const { server, stack, names, worker } = await forgetful();
  // All rows are in the copy, none of them submitted: the worst that can be forgotten of them.
  await worker.kill('SIGTERM');
  await handIn(stack, names);
  const goBack = await copyOf(server);
  const second = await stack.startWorker();
  await waitFor('some to be delivered', async () => (await stack.batch(BATCH)).counts.delivered >= EARLY.length);
  await goBack();
  await second.waitForLine(/"level":50.*"code":"redis_went_back"/);
  await stack.waitUntilFinished(BATCH);
  expect(stack.sandbox.ledger.submits()).toBe(ROWS);
  const events = await Promise.all(
    names.map(async (name) =>
      (await stack.records.history((await recordOf(stack, name)).id)).map(({ event }) => event),
    ),
  );
  // A token that was under way finds the picture in the bucket: its money is forgotten, and only its money.
  const found = events.filter((of) => of.includes('found_in_bucket')).length;
  const { counts } = await expectBooksBalance(stack, BATCH, -found);
  expect(counts).toMatchObject({ delivered: ROWS, in_doubt: 0, dead_lettered: 0 });
  expect(events.filter((of) => of.includes('restored')).length).toBeGreaterThanOrEqual(1);
  expect(second.stderr().match(/"code":"redis_went_back"/g)).toHaveLength(1);
  await waitFor('the line to run', async () => (await stack.batches.line()).state === 'running');
  await second.kill('SIGTERM');
});

it('everything restarted at once on an older file: the mark in the bucket notices, delivered rows are found there, submitting goes on', async () => {
  const { server, stack, names, worker } = await forgetful();
  await worker.kill('SIGTERM');
  await handIn(stack, names);
  const goBack = await copyOf(server);
  const second = await stack.startWorker();
  await stack.waitUntilFinished(BATCH);
  expect(await second.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  await goBack();
  const third = await stack.startWorker();
  await third.waitForLine(/"level":50.*"code":"redis_went_back"/);
  await stack.waitUntilFinished(BATCH);
  expect((await stack.batch(BATCH)).counts.delivered).toBe(ROWS);
  await waitFor('the line to run', async () => (await stack.batches.line()).state === 'running');
  expect([stack.sandbox.ledger.submits(), stack.sandbox.ledger.billedTwice()]).toEqual([ROWS, []]);
  await third.kill('SIGTERM');
});

it('tasks that nobody remembers are named and nothing is paid, for as long as a person does not accept that', async () => {
  const { server, stack, names, worker } = await forgetful();
  await worker.kill('SIGTERM');
  await handIn(stack, names);
  const goBack = await copyOf(server);
  const second = await stack.startWorker({ args: ['--stages', 'submit'] });
  await stack.waitForBatch(BATCH, 'submitted', ({ counts }) => counts.submitted === ROWS);
  await second.kill('SIGTERM');
  const tasks = stack.sandbox.ledger.rows().map(({ taskId }) => taskId);
  await goBack();

  const third = await stack.startWorker();
  const line = await halted(stack);
  expect([...(line.wentBack?.unknown ?? [])].sort()).toEqual([...tasks].sort());
  const status = await outpaint(stack, 'line', 'status');
  expect(status.code).toBe(7);
  for (const task of tasks) expect(status.stdout).toContain(task);
  const resume = await outpaint(stack, 'line', 'resume');
  expect([resume.code, resume.stdout]).toEqual([7, expect.stringContaining(`${ROWS} tasks`)]);
  await waitFor('a look long after the settle delay', async () => {
    const { wentBack } = await stack.batches.line();
    return (wentBack?.lookedAt ?? 0) > (wentBack?.since ?? 0) + Number(ENV.DOUBT_SETTLE_MS) + 500;
  });
  expect(stack.sandbox.ledger.submits()).toBe(ROWS);
  const accepted = await outpaint(stack, 'line', 'resume', '--accept-unknown');
  expect([accepted.code, accepted.stderr]).toEqual([0, expect.stringContaining('may be paid again')]);
  await stack.waitUntilFinished(BATCH);
  // What the warning says.
  expect(stack.sandbox.ledger.submits()).toBe(2 * ROWS);
  await third.kill('SIGTERM');
});

it('a worker log gives the tasks back where the worker is gone', async () => {
  const { server, stack, names, worker } = await forgetful();
  await worker.kill('SIGTERM');
  await handIn(stack, names);
  const goBack = await copyOf(server);
  // Tasks that do not end, so that nothing of them stands in the bucket.
  const second = await stack.startWorker({ args: ['--stages', 'submit'] });
  await stack.waitForBatch(BATCH, 'submitted', ({ counts }) => counts.submitted === ROWS);
  await second.kill('SIGTERM');
  const journal = join(server.dir, 'worker.log');
  await writeFile(journal, second.stderr());
  await goBack();
  const third = await stack.startWorker();
  expect((await halted(stack)).wentBack?.unknownCount).toBe(ROWS);
  expect((await outpaint(stack, 'reconcile', '--journal', journal)).code).toBe(0);
  await stack.waitUntilFinished(BATCH);
  expect(stack.sandbox.ledger.submits()).toBe(ROWS);
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: ROWS });
  await waitFor('the line to run', async () => (await stack.batches.line()).state === 'running');
  await third.kill('SIGTERM');
});

it('FLUSHALL under a worker that lives, and the manifest run again: it is put right by itself, every row billed once', async () => {
  const { stack, names, worker } = await forgetful();
  await handIn(stack, names);
  await waitFor('some to be delivered', async () => (await stack.batch(BATCH)).counts.delivered >= EARLY.length);
  await waitFor('the rest to be submitted', () => stack.sandbox.ledger.submits() === ROWS);
  await stack.redis.flushall();
  await halted(stack);
  await handIn(stack, names);
  await stack.waitUntilFinished(BATCH);
  expect([stack.sandbox.ledger.submits(), stack.sandbox.ledger.billedTwice()]).toEqual([ROWS, []]);
  expect((await stack.batch(BATCH)).counts).toMatchObject({ delivered: ROWS });
  await waitFor('the line to run', async () => (await stack.batches.line()).state === 'running');
  await worker.kill('SIGTERM');
});

it('a number and a bucket that agree are no reason to halt: Redis killed and restarted with its file', async () => {
  const { server, stack, names, worker } = await forgetful();
  await handIn(stack, names);
  await waitFor('some tasks', () => stack.sandbox.ledger.tasks() >= EARLY.length);
  await server.restart('SIGKILL');
  await stack.waitForBatch(BATCH, 'nothing more to do', ({ counts }) => counts.delivered + counts.in_doubt === ROWS);
  expect(worker.stderr()).not.toContain('redis_went_back');
  expect((await stack.batches.line()).wentBack).toBeNull();
  await worker.kill('SIGTERM');
});
