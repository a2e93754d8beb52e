// The hours of a batch, on a real Redis with a time that the test sets: the feed turns them, and nobody's pause is ended.
import { setHours } from '@outpaint/shared/batch/hours';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { expect, it } from 'vitest';
import { BATCH, FEED_TERMS, openStores, requestOf, type TestStores } from '../support/stores.ts';

const HOUR = 3_600_000;

const open = async (hours: { notBefore?: number; lengthMs?: number }): Promise<TestStores> => {
  const t = openStores();
  await t.batches.open(BATCH, {});
  await setHours(t.redis, t.keys, BATCH, hours, () => t.time.now);
  await t.batches.accept(
    BATCH,
    Array.from({ length: 40 }, (_, i) => requestOf(`sku-${i}`)),
  );
  return t;
};

const fed = async (t: TestStores): Promise<number> =>
  (await t.batches.feed({ ...FEED_TERMS, slots: 100, rowsMax: 2 })).length;

it('no row is fed before its hour, and from then on by whoever feeds next', async () => {
  const t = await open({ notBefore: 1_800_000_000_000 + HOUR });
  expect(await t.batches.read(BATCH)).toMatchObject({ run: 'paused', pausedBy: 'window' });
  t.time.now += HOUR - 1;
  expect(await fed(t)).toBe(0);
  t.time.now += 1;
  expect(await fed(t)).toBe(2);
  expect(await t.batches.read(BATCH)).toMatchObject({ run: 'running', pausedBy: null });
});

it('its time counts from its first hour; afterwards nothing is fed until it is given more', async () => {
  const t = await open({ notBefore: 1_800_000_000_000 + HOUR, lengthMs: HOUR });
  t.time.now += 2 * HOUR - 1;
  expect(await fed(t)).toBe(2);
  t.time.now += 1;
  expect(await fed(t)).toBe(0);
  expect(await t.batches.read(BATCH)).toMatchObject({ run: 'paused', pausedBy: 'window', pausedAt: t.time.now });
  t.time.now += HOUR;
  expect(await fed(t)).toBe(0);
  await setHours(t.redis, t.keys, BATCH, { lengthMs: HOUR }, () => t.time.now);
  expect(await fed(t)).toBe(2);
  t.time.now += HOUR;
  expect(await fed(t)).toBe(0);
  // A person's word knows no hours.
  expect(await t.batches.resume(BATCH)).toBe(true);
  expect(await fed(t)).toBe(2);
});

it('a pause by a person outlasts the hours, and other batches know nothing of them', async () => {
  const t = await open({ notBefore: 1_800_000_000_000 + HOUR });
  const other = 'autumn' as BatchName;
  await t.batches.open(other, {});
  await t.batches.accept(other, [requestOf('a', other)]);
  expect(await fed(t)).toBe(1);
  await t.batches.pause(BATCH);
  t.time.now += HOUR;
  expect(await fed(t)).toBe(0);
  expect(await t.batches.read(BATCH)).toMatchObject({ run: 'paused', pausedBy: 'person' });
});

it('a batch of three times the priority gets three times the slots', async () => {
  const t = await open({});
  const other = 'autumn' as BatchName;
  await t.batches.open(other, { weight: 3 });
  await t.batches.accept(
    other,
    Array.from({ length: 40 }, (_, i) => requestOf(`sku-${i}`, other)),
  );
  const ids = (await t.batches.feed({ ...FEED_TERMS, slots: 100, rowsMax: 24 })).map(({ id }) => id);
  const batches = (await t.records.readMany(ids)).map((record) => record?.batch);
  expect(batches.filter((name) => name === other)).toHaveLength(18);
  expect(batches.filter((name) => name === BATCH)).toHaveLength(6);
});
