// A run that a person asks for is a firing of its own with a batch of its own, and neither it nor a slot does the other's work twice.
import { runNow } from '@outpaint/producer/schedule/run-now';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { expect, test } from 'vitest';
import { type ScheduleScene, scheduleScene } from '../support/schedules.ts';

const ask = async (scene: ScheduleScene) => {
  const schedule = await scene.schedules.read('nightly');
  if (schedule === null) throw new Error('there is no schedule');
  return runNow(scene.schedules, schedule, scene.time.now);
};

test('it has a batch named by the second, and the slot that comes later finds its manifest done', async () => {
  const scene = await scheduleScene('2026-11-24T17:59:57Z');
  await scene.manifest('2026-11-25.jsonl', ['a', 'b']);
  await scene.add({});
  const tick = scene.runner('one');
  expect(await ask(scene)).toEqual({
    slot: '2026-11-25T01:59:57',
    batch: 'nightly-2026-11-25-015957',
    added: true,
  });
  // Two clicks in one second are one run.
  expect((await ask(scene)).added).toBe(false);
  await tick();
  expect(await scene.results()).toEqual(['2026-11-25T01:59:57 started nightly-2026-11-25-015957']);
  expect((await scene.stores.batches.read('nightly-2026-11-25-015957' as BatchName))?.rows).toBe(2);
  scene.time.now = Date.parse('2026-11-24T18:00:01Z');
  await scene.stores.batches.seal('nightly-2026-11-25-015957' as BatchName);
  await tick();
  expect((await scene.results())[1]).toBe('2026-11-25T02:00 overlapped -');
  expect(await scene.stores.batches.read('nightly-2026-11-25' as BatchName)).toBe(null);
});

test('a run and a slot moments apart on two machines wait for one another: one batch is made', async () => {
  const scene = await scheduleScene('2026-11-24T17:59:59Z');
  await scene.manifest('2026-11-25.jsonl', ['a']);
  await scene.add({});
  await ask(scene);
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let reached = (): void => undefined;
  const importing = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const made: string[] = [];
  const slow = scene.runner('slow', {
    accept: async (_manifest, terms) => {
      reached();
      await held;
      made.push(terms.batch);
      await scene.stores.batches.open(terms.batch, {});
      return { kind: 'accepted', accepted: 1, existing: 0, bad: 0, conflicts: 0, summary: {} as never };
    },
  });
  const running = slow();
  await importing;
  scene.time.now = Date.parse('2026-11-24T18:00:01Z');
  // The slot has come while the run is still being read: another machine leaves it until that is decided.
  await scene.runner('other')();
  expect(await scene.results()).toEqual(['2026-11-25T01:59:59 due -', '2026-11-25T02:00 due -']);
  release();
  await running;
  await scene.runner('other')();
  expect(await scene.results()).toEqual([
    '2026-11-25T01:59:59 started nightly-2026-11-25-015959',
    '2026-11-25T02:00 overlapped -',
  ]);
  expect(made).toEqual(['nightly-2026-11-25-015959']);
});

test('what a slot has started is not started again by a run', async () => {
  const scene = await scheduleScene('2026-11-24T17:59:00Z');
  await scene.manifest('2026-11-25.jsonl', ['a']);
  await scene.add({ overlap: 'append' });
  const tick = scene.runner('one');
  scene.time.now = Date.parse('2026-11-24T18:00:01Z');
  await tick();
  scene.time.now += 60_000;
  await ask(scene);
  await tick();
  expect(await scene.results()).toEqual([
    '2026-11-25T02:00 started nightly-2026-11-25',
    '2026-11-25T02:01:01 manifest_unchanged -',
  ]);
});

test('its window does not hold it back, and a paused schedule refuses it', async () => {
  const scene = await scheduleScene('2026-11-24T06:00:00Z');
  await scene.manifest('2026-11-24.jsonl', ['a']);
  await scene.add({ until: '06:00' });
  await ask(scene);
  const tick = scene.runner('one');
  await tick();
  await tick();
  expect((await scene.stores.batches.read('nightly-2026-11-24-140000' as BatchName))?.run).toBe('running');
  await scene.schedules.setPaused('nightly', true, scene.time.now);
  await expect(ask(scene)).rejects.toThrow('is paused');
});
