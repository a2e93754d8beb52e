// A batch whose workers are killed: one submit at a time, behind a gate to Redis that knows each command.
import { createHash } from 'node:crypto';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { licenceLua } from '@outpaint/shared/record/scripts/licence';
import { transitionLua } from '@outpaint/shared/record/scripts/transition';
import { expect } from 'vitest';
import { type GateTrap, type RedisGate, startRedisGate } from './redis-gate.ts';
import { type Stack, startStack } from './stack.ts';
import { requestOf } from './stores.ts';

export const KILLS = 20;
export const BATCH = 'killed' as BatchName;

export const digest = (lua: string): string => createHash('sha1').update(lua).digest('hex');

export interface Scene {
  readonly stack: Stack;
  readonly gate: RedisGate;
  readonly rows: number;
}

/** One submit at a time, so that a kill meets exactly one; slots for all, so that held doubts stop nothing. */
export const setScene = async (rows: number, env: Record<string, string> = {}): Promise<Scene> => {
  const stack = await startStack({
    env: {
      ...env,
      SUBMIT_CONCURRENCY: '1',
      POLL_CONCURRENCY: '1',
      DELIVER_CONCURRENCY: '1',
      UPSTREAM_SLOTS: '200',
      UNDELIVERED_MAX: '500',
      // No doubt is settled while workers are killed.
      DOUBT_SETTLE_MS: '600000',
    },
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
export const killOnce = async (scene: Scene, stages: string, trap: Omit<GateTrap, 'spring'>): Promise<void> => {
  const worker = await scene.stack.startWorker({ env: { REDIS_URL: scene.gate.url }, args: ['--stages', stages] });
  scene.gate.arm({ ...trap, spring: () => void worker.kill('SIGKILL') });
  expect(await worker.exited).toEqual({ code: null, signal: 'SIGKILL' });
};

/** Rows with a licence whose answer is not recorded. */
export const licensed = async ({ stack }: Scene): Promise<number> => {
  const { counts } = await stack.batch(BATCH);
  return counts.submitting + counts.in_doubt;
};

/** A worker that nobody kills, and that may not settle doubts yet, finishes what can be finished. */
export const finishKilled = async (scene: Scene, doubts: number): Promise<void> => {
  const worker = await scene.stack.startWorker();
  const batch = await scene.stack.waitForBatch(
    BATCH,
    `${doubts} in doubt, all others delivered`,
    ({ counts }) => counts.in_doubt === doubts && counts.delivered === scene.rows - doubts,
  );
  await worker.kill('SIGTERM');
  expect(batch.counts).toEqual(await scene.stack.countRows(BATCH));
  expect(batch.counts).toMatchObject({ in_doubt: doubts, delivered: scene.rows - doubts, dead_lettered: 0 });
  expect(scene.stack.sandbox.ledger.billedTwice()).toEqual([]);
  expect(await scene.stack.keysInBucket()).toHaveLength(scene.rows - doubts);
};

/**
 * A worker that may settle doubts, with a key that is ours alone: each one is delivered, or held because two kills were
 * too close together to tell their tasks apart. Answers how many are held.
 */
export const settleKilled = async (scene: Scene): Promise<number> => {
  const worker = await scene.stack.startWorker({ env: { DOUBT_SETTLE_MS: '2000', DASHSCOPE_KEY_DEDICATED: 'true' } });
  const batch = await scene.stack.waitUntilFinished(BATCH, 120_000);
  await worker.kill('SIGTERM');
  expect(batch.counts).toEqual(await scene.stack.countRows(BATCH));
  expect(batch.counts).toMatchObject({ in_doubt: batch.held, delivered: scene.rows - batch.held, dead_lettered: 0 });
  expect(scene.stack.sandbox.ledger.billedTwice()).toEqual([]);
  expect(await scene.stack.keysInBucket()).toHaveLength(batch.counts.delivered);
  return batch.held;
};

const settled = async (
  scene: Scene,
  description: string,
  status: 'submitted' | 'generated' | 'delivered',
): Promise<void> => {
  await scene.stack.waitForBatch(BATCH, description, (batch) => batch.counts[status] === scene.rows);
};

export const runUntil = async (
  scene: Scene,
  stages: string,
  description: string,
  status: 'submitted' | 'generated',
): Promise<void> => {
  const worker = await scene.stack.startWorker({ args: ['--stages', stages] });
  await settled(scene, description, status);
  await worker.kill('SIGTERM');
};
