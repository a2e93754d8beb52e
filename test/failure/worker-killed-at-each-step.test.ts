// SIGKILL at each step, twenty times each: one held doubt per kill between licence and recorded answer, none elsewhere,
// no second paid task, nothing lost.
import { createHash } from 'node:crypto';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { licenceLua } from '@outpaint/shared/record/scripts/licence';
import { transitionLua } from '@outpaint/shared/record/scripts/transition';
import { describe, expect, it } from 'vitest';
import type { Program } from '../support/child.ts';
import { type GateTrap, type RedisGate, startRedisGate } from '../support/redis-gate.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { requestOf } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';

const KILLS = 20;
const BATCH = 'killed' as BatchName;

const digest = (lua: string): string => createHash('sha1').update(lua).digest('hex');

interface Scene {
  readonly stack: Stack;
  readonly gate: RedisGate;
  readonly rows: number;
}

/** One submit at a time, so that a kill meets exactly one; slots for all, so that held doubts stop nothing. */
const setScene = async (rows: number): Promise<Scene> => {
  const stack = await startStack({
    env: { SUBMIT_CONCURRENCY: '1', POLL_CONCURRENCY: '1', DELIVER_CONCURRENCY: '1', UPSTREAM_SLOTS: '200', UNDELIVERED_MAX: '500' },
    sandbox: { slots: 200 },
  });
  const gate = await startRedisGate(stack.env.REDIS_URL ?? '');
  // Known to the server from the start, so that each call is one EVALSHA that the gate can recognise.
  for (const lua of [licenceLua, transitionLua]) await stack.redis.script('LOAD', lua);
  const requests = Array.from({ length: rows }, (_, i) =>
    requestOf(`row-${i}`, BATCH, { source: stack.sandbox.pictureUrl(`row-${i}.jpg`) }),
  );
  await stack.accept(BATCH, requests);
  await stack.batches.seal(BATCH);
  return { stack, gate, rows };
};

/** Starts a worker behind the gate and waits until the trap has killed it. */
const killOnce = async (scene: Scene, stages: string, trap: Omit<GateTrap, 'spring'>): Promise<void> => {
  const worker = await scene.stack.startWorker({ env: { REDIS_URL: scene.gate.url }, args: ['--stages', stages] });
  scene.gate.arm({ ...trap, spring: () => void worker.kill('SIGKILL') });
  expect(await worker.exited).toEqual({ code: null, signal: 'SIGKILL' });
};

/** A worker that nobody kills finishes what can be finished. */
const finish = async (scene: Scene, doubts: number): Promise<void> => {
  const worker = await scene.stack.startWorker();
  const batch = await scene.stack.waitUntilFinished(BATCH);
  await worker.kill('SIGTERM');
  expect(batch.counts).toEqual(await scene.stack.countRows(BATCH));
  expect(batch.counts).toMatchObject({ in_doubt: doubts, delivered: scene.rows - doubts, dead_lettered: 0 });
  expect(scene.stack.sandbox.ledger.billedTwice()).toEqual([]);
  expect(await scene.stack.keysInBucket()).toHaveLength(scene.rows - doubts);
};

const settled = async (scene: Scene, description: string, status: 'submitted' | 'generated' | 'delivered'): Promise<void> => {
  await scene.stack.waitForBatch(BATCH, description, (batch) => batch.counts[status] === scene.rows);
};

const until = async (scene: Scene, stages: string, description: string, status: 'submitted' | 'generated'): Promise<void> => {
  const worker = await scene.stack.startWorker({ args: ['--stages', stages] });
  await settled(scene, description, status);
  await worker.kill('SIGTERM');
};

describe('a worker killed twenty times', { timeout: 240_000 }, () => {
  it('before it asks for the licence leaves no doubt', async () => {
    const scene = await setScene(KILLS);
    for (let i = 0; i < KILLS; i += 1) await killOnce(scene, 'submit', { text: digest(licenceLua), when: 'before' });
    await finish(scene, 0);
    expect(scene.stack.sandbox.ledger.billed()).toBe(KILLS);
  });

  it('with the licence granted, before the POST, leaves one held doubt per kill and pays for none', async () => {
    const scene = await setScene(KILLS + 5);
    for (let i = 0; i < KILLS; i += 1) await killOnce(scene, 'submit', { text: digest(licenceLua), when: 'after' });
    await finish(scene, KILLS);
    expect(scene.stack.sandbox.ledger.submits()).toBe(5);
  });

  it('while the API has the POST and has not answered leaves one held doubt per kill', async () => {
    const scene = await setScene(KILLS + 5);
    const { sandbox } = scene.stack;
    for (let i = 0; i < KILLS; i += 1) {
      const [rule] = sandbox.faults.add({ at: 'submit', kind: 'hold', created: i % 2 === 0, times: 1 });
      const worker = await scene.stack.startWorker({ args: ['--stages', 'submit'] });
      await waitFor('the POST to be held', () => sandbox.holds.list().length > 0);
      await worker.kill('SIGKILL');
      sandbox.holds.release();
      sandbox.faults.clear([rule as string]);
    }
    await finish(scene, KILLS);
    // Half of the killed POSTs were taken: paid, held, and never paid again.
    expect(sandbox.ledger.tasks()).toBe(KILLS / 2 + 5);
  });

  it('between the answer and its record leaves one held doubt per kill and never a second task', async () => {
    const scene = await setScene(KILLS + 5);
    for (let i = 0; i < KILLS; i += 1) await killOnce(scene, 'submit', { text: '"name":"submitted"', when: 'before' });
    await finish(scene, KILLS);
    expect(scene.stack.sandbox.ledger.tasks()).toBe(KILLS + 5);
  });

  it('between the record of the answer and its poll token leaves no doubt: the sweeper adds the token', async () => {
    const scene = await setScene(KILLS);
    for (let i = 0; i < KILLS; i += 1) await killOnce(scene, 'submit', { text: '"name":"submitted"', when: 'after' });
    await finish(scene, 0);
    expect(scene.stack.sandbox.ledger.tasks()).toBe(KILLS);
  });

  it('in a poll leaves no doubt', async () => {
    const scene = await setScene(KILLS);
    await until(scene, 'submit', 'all submitted', 'submitted');
    const { sandbox } = scene.stack;
    for (let i = 0; i < KILLS; i += 1) {
      sandbox.faults.add({ at: 'query', kind: 'hold', times: 1 });
      const worker = await scene.stack.startWorker({ args: ['--stages', 'poll'] });
      await waitFor('a query to be held', () => sandbox.holds.list().length > 0);
      await worker.kill('SIGKILL');
      sandbox.holds.release();
    }
    await finish(scene, 0);
    expect(sandbox.ledger.tasks()).toBe(KILLS);
  });

  it('in a download leaves no doubt', async () => {
    const scene = await setScene(KILLS);
    await until(scene, 'submit,poll', 'all generated', 'generated');
    const { sandbox } = scene.stack;
    for (let i = 0; i < KILLS; i += 1) {
      sandbox.faults.add({ at: 'result', kind: 'hold', times: 1 });
      const worker = await scene.stack.startWorker({ args: ['--stages', 'deliver'] });
      await waitFor('a result to be held', () => sandbox.holds.list().length > 0);
      await worker.kill('SIGKILL');
      sandbox.holds.release();
    }
    await finish(scene, 0);
    expect(sandbox.ledger.tasks()).toBe(KILLS);
  });

  it('between the put and its record leaves no doubt and one object', async () => {
    const scene = await setScene(KILLS);
    await until(scene, 'submit,poll', 'all generated', 'generated');
    for (let i = 0; i < KILLS; i += 1) await killOnce(scene, 'deliver', { text: '"name":"delivered"', when: 'before' });
    await finish(scene, 0);
    expect(scene.stack.sandbox.ledger.tasks()).toBe(KILLS);
  });

  it('between a death and its letter leaves every letter written', async () => {
    const scene = await setScene(KILLS);
    scene.stack.sandbox.faults.add({ at: 'submit', status: 400, code: 'InvalidParameter.ImageContent', message: 'green net' });
    for (let i = 0; i < KILLS; i += 1) await killOnce(scene, 'submit', { text: '"name":"dead_lettered"', when: 'after' });
    const worker: Program = await scene.stack.startWorker();
    await scene.stack.waitUntilFinished(BATCH);
    const ids = await scene.stack.redis.zrange(scene.stack.keys.dead, 0, -1);
    expect(ids).toHaveLength(KILLS);
    await waitFor('every letter', async () => {
      const letters = await Promise.all(ids.map((id) => scene.stack.queues.readLetter(`${id}.1`)));
      return letters.every((letter) => letter?.code === 'InvalidParameter.ImageContent');
    });
    await worker.kill('SIGTERM');
    expect(scene.stack.sandbox.ledger.billed()).toBe(0);
  });
});
