// SIGKILL twenty times at each step around the paid POST: one doubt per kill between the licence and its recorded
// answer, none elsewhere, no second paid task, nothing lost.
import { licenceLua } from '@outpaint/shared/record/scripts/licence';
import { describe, expect, it } from 'vitest';
import { digest, finishKilled, KILLS, killOnce, licensed, setScene, settleKilled } from '../support/kill-scene.ts';
import { waitFor } from '../support/wait-for.ts';

describe('a worker killed twenty times', { timeout: 360_000 }, () => {
  it('before it asks for the licence leaves no doubt', async () => {
    const scene = await setScene(KILLS);
    for (let i = 0; i < KILLS; i += 1) await killOnce(scene, 'submit', { text: digest(licenceLua), when: 'before' });
    await finishKilled(scene, 0);
    expect(scene.stack.sandbox.ledger.billed()).toBe(KILLS);
  });

  it('with the licence granted, before the POST, leaves one doubt per kill, pays for none, and all settle by themselves', async () => {
    const scene = await setScene(KILLS + 5);
    // A call that was refused, for the sweeper had given the row a new token meanwhile, granted nothing: killed again.
    for (let i = 1; i <= KILLS; i += 1) {
      do await killOnce(scene, 'submit', { text: digest(licenceLua), when: 'after' });
      while ((await licensed(scene)) < i);
      expect(await licensed(scene)).toBe(i);
    }
    await finishKilled(scene, KILLS);
    expect(scene.stack.sandbox.ledger.submits()).toBe(5);
    // The list shows that nothing was made: all are submitted, each once.
    expect(await settleKilled(scene)).toBe(0);
    expect(scene.stack.sandbox.ledger.submits()).toBe(KILLS + 5);
  });

  it('while the API has the POST and has not answered leaves one doubt per kill, which settle or are held', async () => {
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
    await finishKilled(scene, KILLS);
    // Half of the killed POSTs were taken: paid, held, and never paid again.
    expect(sandbox.ledger.tasks()).toBe(KILLS / 2 + 5);
    await settleKilled(scene);
  });

  it('between the answer and its record leaves one doubt per kill, all adopted by themselves, and never a second task', async () => {
    // Sends are further apart than the API's clock, told in whole seconds, leaves in the dark: closer ones may be held.
    const scene = await setScene(KILLS + 5, { SUBMIT_RATE_PER_SECOND: '0.4' });
    for (let i = 0; i < KILLS; i += 1) await killOnce(scene, 'submit', { text: '"name":"submitted"', when: 'before' });
    await finishKilled(scene, KILLS);
    expect(scene.stack.sandbox.ledger.tasks()).toBe(KILLS + 5);
    // As many tasks as doubts, each made before the next send: all are adopted, and no task is made anew.
    expect(await settleKilled(scene)).toBe(0);
    expect(scene.stack.sandbox.ledger.tasks()).toBe(KILLS + 5);
  });

  it('between the record of the answer and its poll token leaves no doubt: the sweeper adds the token', async () => {
    const scene = await setScene(KILLS);
    for (let i = 0; i < KILLS; i += 1) await killOnce(scene, 'submit', { text: '"name":"submitted"', when: 'after' });
    await finishKilled(scene, 0);
    expect(scene.stack.sandbox.ledger.tasks()).toBe(KILLS);
  });
});
