// A redrive over HTTP goes past rows that would be paid a second time: they do not stand before those that go, however few a call takes.
import type { BatchName } from '@outpaint/shared/contract/ids';
import { expect, test } from 'vitest';
import { startServer } from '../support/http-server.ts';
import { startStack } from '../support/stack.ts';
import { requestOf } from '../support/stores.ts';

const SPRING = 'spring' as BatchName;

test('rows that were paid and lost are counted and left, and all others are taken a few at a time', async () => {
  const stack = await startStack();
  const code = 'InvalidParameter.ImageContent';
  stack.sandbox.faults.add({ at: 'task', source: 'bad', code, message: 'no content' });
  stack.sandbox.faults.add({ at: 'result', source: 'lost', kind: 'expired' });
  const worker = await stack.startWorker();
  const die = async (names: readonly string[], dead: number): Promise<void> => {
    const source = (name: string) => stack.sandbox.pictureUrl(`${name}.jpg`);
    await stack.accept(
      SPRING,
      names.map((name) => requestOf(name, SPRING, { source: source(name) })),
    );
    await stack.waitForBatch(SPRING, `${dead} dead`, ({ counts }) => counts.dead_lettered === dead);
  };
  await die(['bad-one', 'bad-two', 'bad-three'], 3);
  // The newest letters stand first.
  await die(['lost-one', 'lost-two'], 5);
  const { program, address } = await startServer(stack);
  const call = async (): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${address}/v1/dead-letters/redrive`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ batch: SPRING, limit: 2 }),
    });
    const { redriven, left, moved, more } = (await answer.json()) as Record<string, unknown>;
    return { redriven, left, moved, more };
  };
  // What is redriven is delivered, and is found by no later call.
  stack.sandbox.faults.clear();
  expect(await call()).toEqual({ redriven: 2, left: 2, moved: 0, more: true });
  await stack.waitForBatch(SPRING, 'two delivered', ({ counts }) => counts.delivered === 2);
  expect(await call()).toEqual({ redriven: 1, left: 2, moved: 0, more: false });
  await stack.waitForBatch(SPRING, 'three delivered', ({ counts }) => counts.delivered === 3);
  expect(await call()).toEqual({ redriven: 0, left: 2, moved: 0, more: false });
  // The two that were lost, and the three that were mended.
  expect(stack.sandbox.ledger.billed()).toBe(5);
  await Promise.all([worker.kill('SIGTERM'), program.kill('SIGTERM')]);
});
