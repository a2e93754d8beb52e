// Cancelling on a real Redis: at once for the batch, in chunks for its rows, exact at every step.
import { createCancelStore } from '@outpaint/shared/batch/cancel-store';
import { type BatchName, type ExpansionId, SINGLE_BATCH } from '@outpaint/shared/contract/ids';
import { toHeld, toReleased } from '@outpaint/shared/lifecycle/moves/doubt-moves';
import * as submitting from '@outpaint/shared/lifecycle/moves/submit-moves';
import { policyForTests } from '@outpaint/shared/lifecycle/record-fixture.test-support';
import { expect, it } from 'vitest';
import { namesOf } from '../support/row-story.ts';
import { BATCH, FEED_TERMS, LICENCE_TERMS, openStores, requestOf, type TestStores } from '../support/stores.ts';

const OTHER = 'other' as BatchName;

const scene = async (rows: number) => {
  const t = openStores();
  const cancels = createCancelStore(t.redis, t.keys, () => t.time.now);
  for (const batch of [BATCH, OTHER]) {
    await t.batches.open(batch, {});
    const requests = namesOf('row', rows).map((name) => requestOf(name, batch));
    for (let i = 0; i < rows; i += 250) await t.batches.accept(batch, requests.slice(i, i + 250));
    await t.batches.seal(batch);
  }
  return { ...t, cancels };
};

const expectExact = async (t: TestStores, batch = BATCH): Promise<void> => {
  const read = await t.batches.read(batch);
  expect(read?.counts).toEqual(await t.countRows(batch));
};

const licensed = async (t: TestStores, id: ExpansionId, caller: string) => {
  const record = await t.records.read(id);
  if (record === null) throw new Error(`no ${id}`);
  t.time.now += 1_000;
  return { record, answer: await t.records.licence(record, LICENCE_TERMS, caller) };
};

it('rows that wait, are fed, or wait for another attempt are cancelled in chunks, counted exactly after each; others stay', async () => {
  const t = await scene(700);
  const fed = (await t.batches.feed({ ...FEED_TERMS, slots: 300, rowsMax: 300 })).map(({ id }) => id);
  for (const [i, id] of fed.slice(0, 40).entries()) {
    const record = await t.records.read(id);
    if (record !== null) await t.records.apply(record, submitting.toPostponed(record, 3_600_000, 'r'), `p${i}`);
  }
  expect(await t.cancels.begin(BATCH)).toBe(true);
  expect(await t.cancels.begin(BATCH)).toBe(false);
  let calls = 0;
  for (let left = -1; left !== 0; calls += 1) {
    ({ left } = await t.cancels.rows(BATCH));
    await expectExact(t);
    expect(calls).toBeLessThan(100);
  }
  expect(await t.batches.read(BATCH)).toMatchObject({
    run: 'cancelled',
    state: 'finished',
    counts: { cancelled: 700, accepted: 0 },
  });
  expect(await t.batches.read(OTHER)).toMatchObject({ run: 'running', counts: { accepted: 700 } });
  expect(await t.cancels.under()).toEqual([]);
  const others = new Set(await t.redis.smembers(t.keys.fed));
  for (const id of others) expect((await t.records.read(id as ExpansionId))?.batch).toBe(OTHER);
});

it('from then on there is no licence, no feed, no new row, no pause and no resume; rows that were there stay known', async () => {
  const t = await scene(3);
  const [first] = await t.batches.feed({ ...FEED_TERMS, slots: 1 });
  await t.cancels.begin(BATCH);
  const ours = (await t.records.read(first?.id as ExpansionId))?.batch === BATCH ? first?.id : undefined;
  if (ours !== undefined) expect((await licensed(t, ours, 'x')).answer).toEqual({ kind: 'cancelled' });
  await expect(t.batches.accept(BATCH, [requestOf('late')])).rejects.toMatchObject({ code: 'batch_cancelled' });
  expect(await t.batches.pause(BATCH)).toBe(false);
  expect(await t.batches.resume(BATCH)).toBe(false);
  for (const { id } of await t.batches.feed(FEED_TERMS)) expect((await t.records.read(id))?.batch).toBe(OTHER);
});

it('a held doubt that is settled after the batch was cancelled comes back unpaid, and is withdrawn too', async () => {
  const t = await scene(1);
  const fed = await t.batches.feed(FEED_TERMS);
  for (const { id } of fed) {
    const { record, answer } = await licensed(t, id, `licence-${id}`);
    if (record.batch !== BATCH || answer.kind !== 'granted') continue;
    const doubt = submitting.toDoubt(answer.licence, { code: 'x', class: 'in_doubt', message: '' }, 1_000);
    await t.records.apply(record, doubt, 'd');
  }
  const id = (await t.redis.zrange(t.keys.doubts, '0', '-1'))[0] as ExpansionId;
  await t.cancels.begin(BATCH);
  await t.cancels.rows(BATCH);
  expect(await t.batches.read(BATCH)).toMatchObject({ run: 'cancelling', state: 'sealed', counts: { in_doubt: 1 } });
  const held = toHeld((await t.records.read(id)) as never, 'ambiguous', []);
  await t.records.apply((await t.records.read(id)) as never, held as never, 'h');
  expect(await t.batches.read(BATCH)).toMatchObject({ run: 'cancelled', state: 'finished' });
  const released = toReleased((await t.records.read(id)) as never, 0, policyForTests);
  await t.records.apply((await t.records.read(id)) as never, released as never, 'r');
  expect(await t.batches.read(BATCH)).toMatchObject({ run: 'cancelling', state: 'sealed', counts: { accepted: 1 } });
  expect(await t.cancels.rows(BATCH)).toEqual({ cancelled: 1, left: 0 });
  expect(await t.batches.read(BATCH)).toMatchObject({ run: 'cancelled', state: 'finished', reservedMicro: 0 });
  await expectExact(t);
});

it('a batch that is finished is not cancelled, one that stands open is sealed and ends, and single requests are never', async () => {
  const t = await scene(1);
  const open = 'open' as BatchName;
  await t.batches.open(open, {});
  expect(await t.cancels.begin(open)).toBe(true);
  expect(await t.batches.read(open)).toMatchObject({ state: 'finished', run: 'cancelled' });
  const done = 'done' as BatchName;
  await t.batches.open(done, {});
  await t.batches.seal(done);
  expect(await t.cancels.begin(done)).toBe(false);
  expect(await t.batches.read(done)).toMatchObject({ state: 'finished', run: 'running' });
  await t.batches.open(SINGLE_BATCH, {});
  await expect(t.cancels.begin(SINGLE_BATCH)).rejects.toMatchObject({ code: 'batch_single' });
});
