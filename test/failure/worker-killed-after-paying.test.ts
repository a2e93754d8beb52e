// SIGKILL twenty times at each step after the task exists: no doubt, no second paid task, nothing lost.
import { describe, expect, it } from 'vitest';
import { BATCH, finishKilled, KILLS, killOnce, runUntil, setScene } from '../support/kill-scene.ts';
import { waitFor } from '../support/wait-for.ts';

describe('a worker killed twenty times', { timeout: 240_000 }, () => {
  it('in a poll leaves no doubt', async () => {
    const scene = await setScene(KILLS);
    await runUntil(scene, 'submit', 'all submitted', 'submitted');
    const { sandbox } = scene.stack;
    for (let i = 0; i < KILLS; i += 1) {
      sandbox.faults.add({ at: 'query', kind: 'hold', times: 1 });
      const worker = await scene.stack.startWorker({ args: ['--stages', 'poll'] });
      await waitFor('a query to be held', () => sandbox.holds.list().length > 0);
      await worker.kill('SIGKILL');
      sandbox.holds.release();
    }
    await finishKilled(scene, 0);
    expect(sandbox.ledger.tasks()).toBe(KILLS);
  });

  it('in a download leaves no doubt', async () => {
    const scene = await setScene(KILLS);
    await runUntil(scene, 'submit,poll', 'all generated', 'generated');
    const { sandbox } = scene.stack;
    for (let i = 0; i < KILLS; i += 1) {
      sandbox.faults.add({ at: 'result', kind: 'hold', times: 1 });
      const worker = await scene.stack.startWorker({ args: ['--stages', 'deliver'] });
      await waitFor('a result to be held', () => sandbox.holds.list().length > 0);
      await worker.kill('SIGKILL');
      sandbox.holds.release();
    }
    await finishKilled(scene, 0);
    expect(sandbox.ledger.tasks()).toBe(KILLS);
  });

  it('between the put and its record leaves no doubt and one object', async () => {
    const scene = await setScene(KILLS);
    await runUntil(scene, 'submit,poll', 'all generated', 'generated');
    for (let i = 0; i < KILLS; i += 1) await killOnce(scene, 'deliver', { text: '"name":"delivered"', when: 'before' });
    await finishKilled(scene, 0);
    expect(scene.stack.sandbox.ledger.tasks()).toBe(KILLS);
  });

  it('between a death and its letter leaves every letter written', async () => {
    const scene = await setScene(KILLS);
    scene.stack.sandbox.faults.add({
      at: 'submit',
      status: 400,
      code: 'InvalidParameter.ImageContent',
      message: 'green net',
    });
    for (let i = 0; i < KILLS; i += 1)
      await killOnce(scene, 'submit', { text: '"name":"dead_lettered"', when: 'after' });
    const worker = await scene.stack.startWorker();
    await scene.stack.waitUntilFinished(BATCH);
    const ids = await scene.stack.redis.zrange(scene.stack.keys.dead, '0', '-1');
    expect(ids).toHaveLength(KILLS);
    await waitFor('every letter', async () => {
      const letters = await Promise.all(ids.map((id) => scene.stack.queues.readLetter(`${id}.1`)));
      return letters.every((letter) => letter?.code === 'InvalidParameter.ImageContent');
    });
    await worker.kill('SIGTERM');
    expect(scene.stack.sandbox.ledger.billed()).toBe(0);
  });
});
