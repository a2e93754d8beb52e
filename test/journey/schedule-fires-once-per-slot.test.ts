// A slot of civil time becomes one batch, whatever clocks, restarts and other machines do; and every slot has a result.
import type { BatchName } from '@outpaint/shared/contract/ids';
import { describe, expect, test } from 'vitest';
import { scheduleScene } from '../support/schedules.ts';
import { waitFor } from '../support/wait-for.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

test('a night fires once, whatever comes after: more ticks, a clock set back, a restart', async () => {
  const scene = await scheduleScene('2026-11-24T00:00:00Z');
  await scene.manifest('2026-11-25.jsonl', ['a', 'b']);
  await scene.add({});
  const tick = scene.runner('one');
  await tick();
  expect(await scene.results()).toEqual([]);
  scene.time.now = Date.parse('2026-11-24T18:00:01Z');
  await tick();
  const once = ['2026-11-25T02:00 started nightly-2026-11-25'];
  expect(await scene.results()).toEqual(once);
  await tick();
  scene.time.now -= 2 * HOUR;
  await tick();
  scene.time.now += 2 * HOUR;
  await scene.runner('after a restart')();
  expect(await scene.results()).toEqual(once);
  expect((await scene.stores.batches.read('nightly-2026-11-25' as BatchName))?.rows).toBe(2);
});

test('two runners that race a thousand times make one batch of each slot', { timeout: 300_000 }, async () => {
  const scene = await scheduleScene('2026-01-01T00:00:00Z');
  const address = await scene.manifest('same.jsonl', ['a']);
  await scene.add({ cron: '*/5 * * * *', manifest: address, run_unchanged: true, overlap: 'append' });
  let accepted = 0;
  const runners = ['one', 'two'].map((owner) => {
    const deps = scene.runner(owner, {
      accept: async (_manifest, terms) => {
        accepted += 1;
        await scene.stores.batches.open(terms.batch, {});
        return { kind: 'accepted', accepted: 1, existing: 0, bad: 0, conflicts: 0, summary: {} as never };
      },
    });
    return deps;
  });
  for (let round = 0; round < 1_000; round += 1) {
    scene.time.now += 5 * 60_000;
    await Promise.all(runners.map((tick) => tick()));
  }
  const results = await scene.results();
  expect(results).toHaveLength(1_000);
  expect(results.every((result) => result.includes(' started '))).toBe(true);
  expect(accepted).toBe(1_000);
});

test('a runner that dies between its claim and the batch leaves the slot to another, which makes the batch', async () => {
  const scene = await scheduleScene('2026-11-24T00:00:00Z');
  await scene.manifest('2026-11-25.jsonl', ['a', 'b', 'c']);
  await scene.add({});
  scene.time.now = Date.parse('2026-11-24T18:00:01Z');
  let died = false;
  const dying = scene.runner('dies', {
    // As a killed process: what it asked for never comes back, and it gives nothing back.
    accept: () => {
      died = true;
      return new Promise(() => undefined);
    },
  });
  void dying();
  await waitFor('the claim', () => died);
  const other = scene.runner('other');
  await other();
  expect(await scene.results()).toEqual(['2026-11-25T02:00 due -']);
  scene.time.now += 10 * 60_000;
  await other();
  expect(await scene.results()).toEqual(['2026-11-25T02:00 started nightly-2026-11-25']);
});

test('nights that were missed are made up for within the catch-up window, and told of beyond it', async () => {
  const scene = await scheduleScene('2026-11-20T00:00:00Z');
  for (const day of ['21', '22', '23', '24']) await scene.manifest(`2026-11-${day}.jsonl`, [`a${day}`]);
  await scene.add({ catch_up: '36h', overlap: 'append' });
  scene.time.now = Date.parse('2026-11-24T04:00:00Z');
  await scene.runner('late')();
  expect(await scene.results()).toEqual([
    '2026-11-21T02:00 missed -',
    '2026-11-22T02:00 missed -',
    '2026-11-23T02:00 started nightly-2026-11-23',
    '2026-11-24T02:00 started nightly-2026-11-23',
  ]);
});

describe('both edges of daylight saving, in three zones', () => {
  test.each([
    ['Europe/Berlin', '30 2 * * *', '2026-03-27T12:00:00Z'],
    ['Europe/Berlin', '30 2 * * *', '2026-10-23T12:00:00Z'],
    ['America/New_York', '30 1 * * *', '2026-10-30T12:00:00Z'],
    ['America/New_York', '30 2 * * *', '2026-03-06T12:00:00Z'],
    ['Australia/Lord_Howe', '45 1 * * *', '2026-04-03T12:00:00Z'],
    ['Australia/Lord_Howe', '15 2 * * *', '2026-10-02T12:00:00Z'],
  ])('%s %s from %s: one batch for each of three nights', async (zone, cron, start) => {
    const scene = await scheduleScene(start);
    const address = await scene.manifest('same.jsonl', ['a']);
    await scene.add({ cron, time_zone: zone, manifest: address, run_unchanged: true, overlap: 'append' });
    const tick = scene.runner('one');
    for (let step = 0; step < 3 * 48; step += 1) {
      scene.time.now += DAY / 48;
      await tick();
    }
    const slots = (await scene.results()).map((result) => result.slice(0, 10));
    expect(slots).toHaveLength(3);
    expect(new Set(slots).size).toBe(3);
  });
});

describe('a slot without a batch says why', () => {
  test('the manifest is not there; it is waited for as long as was said', async () => {
    const scene = await scheduleScene('2026-11-24T00:00:00Z');
    await scene.add({ wait_for_manifest: '2h' });
    scene.time.now = Date.parse('2026-11-24T18:00:01Z');
    const tick = scene.runner('one');
    await tick();
    expect(await scene.results()).toEqual(['2026-11-25T02:00 due -']);
    scene.time.now += 2 * HOUR;
    await tick();
    expect(await scene.results()).toEqual(['2026-11-25T02:00 manifest_missing -']);
  });

  test('the manifest is the same as last time', async () => {
    const scene = await scheduleScene('2026-11-24T00:00:00Z');
    const address = await scene.manifest('same.jsonl', ['a']);
    await scene.add({ manifest: address, overlap: 'append' });
    const tick = scene.runner('one');
    for (let night = 0; night < 2; night += 1) {
      scene.time.now += DAY;
      await tick();
    }
    expect(await scene.results()).toEqual([
      '2026-11-25T02:00 started nightly-2026-11-25',
      '2026-11-26T02:00 manifest_unchanged -',
    ]);
  });

  test('a row of the manifest is bad: nothing of it is accepted', async () => {
    const scene = await scheduleScene('2026-11-24T00:00:00Z');
    await scene.manifest('2026-11-25.jsonl', ['a', 'a']);
    await scene.add({});
    scene.time.now += DAY;
    await scene.runner('one')();
    expect(await scene.results()).toEqual(['2026-11-25T02:00 manifest_invalid -']);
    expect(await scene.stores.batches.read('nightly-2026-11-25' as BatchName)).toBeNull();
  });

  test.each([
    ['skip', ['2026-11-25T02:00 started nightly-2026-11-25', '2026-11-26T02:00 overlapped -']],
    ['append', ['2026-11-25T02:00 started nightly-2026-11-25', '2026-11-26T02:00 started nightly-2026-11-25']],
    ['queue', ['2026-11-25T02:00 started nightly-2026-11-25', '2026-11-26T02:00 due -']],
  ])('the batch before still runs, and overlap is %s', async (overlap, expected) => {
    const scene = await scheduleScene('2026-11-24T00:00:00Z');
    await scene.manifest('2026-11-25.jsonl', ['a']);
    await scene.manifest('2026-11-26.jsonl', ['b']);
    await scene.add({ overlap });
    const tick = scene.runner('one');
    for (let night = 0; night < 2; night += 1) {
      scene.time.now += DAY;
      await tick();
    }
    expect(await scene.results()).toEqual(expected);
  });
});

test('a window pauses the batch at its end and goes on with the next night; a person’s pause is left alone', async () => {
  const scene = await scheduleScene('2026-11-24T00:00:00Z');
  await scene.manifest('2026-11-25.jsonl', ['a']);
  await scene.add({ until: '06:00' });
  const { batches } = scene.stores;
  const name = 'nightly-2026-11-25' as BatchName;
  const tick = scene.runner('one');
  const at = async (time: string): Promise<string> => {
    scene.time.now = Date.parse(time);
    await tick();
    const batch = await batches.read(name);
    return `${batch?.run} ${batch?.pausedBy ?? ''}`.trim();
  };
  expect(await at('2026-11-24T18:00:01Z')).toBe('running');
  expect(await at('2026-11-24T21:59:59Z')).toBe('running');
  expect(await at('2026-11-24T22:00:01Z')).toBe('paused window');
  expect(await at('2026-11-25T17:59:59Z')).toBe('paused window');
  expect(await at('2026-11-25T18:00:01Z')).toBe('running');
  await batches.pause(name);
  expect(await at('2026-11-25T22:00:01Z')).toBe('paused person');
  expect(await at('2026-11-26T18:00:01Z')).toBe('paused person');
});

test('a slot that fell into a pause of the schedule is not made up for', async () => {
  const scene = await scheduleScene('2026-11-24T00:00:00Z');
  await scene.add({});
  await scene.schedules.setPaused('nightly', true, scene.time.now);
  const tick = scene.runner('one');
  scene.time.now += 2 * DAY;
  await tick();
  await scene.schedules.setPaused('nightly', false, scene.time.now);
  await tick();
  expect(await scene.results()).toEqual([]);
});

test('the same jitter on every machine, and never before the slot', async () => {
  const scene = await scheduleScene('2026-11-24T00:00:00Z');
  await scene.add({ jitter: '30m', wait_for_manifest: '7d' });
  scene.time.now += 3 * DAY;
  await scene.runner('one')();
  const delays = (await scene.schedules.firings('nightly', 10)).map(
    ({ slot, dueAt }) => dueAt - Date.parse(`${slot}:00+08:00`),
  );
  expect(delays).toHaveLength(3);
  for (const delay of delays) {
    expect(delay).toBeGreaterThanOrEqual(0);
    expect(delay).toBeLessThan(30 * 60_000);
  }
  expect(new Set(delays).size).toBe(3);
});
