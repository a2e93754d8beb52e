// The high-water mark on a real Redis: what makes a Redis that has gone back in time known, and what does not.
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import * as polling from '@outpaint/shared/lifecycle/moves/poll-moves';
import * as submitting from '@outpaint/shared/lifecycle/moves/submit-moves';
import { createHighWater } from '@outpaint/shared/record/high-water';
import { type Mark, NO_MARK } from '@outpaint/shared/record/record-store';
import { expect, it } from 'vitest';
import { namesOf } from '../support/row-story.ts';
import { BATCH, FEED_TERMS, LICENCE_TERMS, openStores, requestOf, type TestStores } from '../support/stores.ts';

const fed = async (count: number): Promise<{ t: TestStores; ids: ExpansionId[] }> => {
  const t = openStores();
  await t.batches.open(BATCH, {});
  const requests = namesOf('row', count).map((name) => requestOf(name));
  const ids = (await t.batches.accept(BATCH, requests)).map(({ id }) => id);
  await t.batches.feed({ ...FEED_TERMS, slots: 20 });
  return { t, ids };
};

const license = async (t: TestStores, id: ExpansionId, seen: Mark = NO_MARK) => {
  t.time.now += LICENCE_TERMS.submitGapMs;
  const record = await t.records.read(id);
  if (record === null) throw new Error(`no record ${id}`);
  return t.records.licence(record, { ...LICENCE_TERMS, slots: 20 }, `licence-${id}`, seen);
};

/** The keys as a snapshot would bring them back. */
const snapshotOf = async (t: TestStores): Promise<() => Promise<void>> => {
  const dumps = new Map<string, Buffer>();
  for (const key of await t.redis.keys(`${t.keys.prefix}*`)) {
    const dump = await t.redis.dumpBuffer(key);
    if (dump !== null) dumps.set(key, dump);
  }
  return async () => {
    for (const key of await t.redis.keys(`${t.keys.prefix}*`)) await t.redis.del(key);
    for (const [key, dump] of dumps) await t.redis.restore(key, 0, dump);
  };
};

it('every licence has the next number, and one that is asked for again tells none', async () => {
  const { t, ids } = await fed(2);
  const [a, b] = ids as [ExpansionId, ExpansionId];
  expect(await license(t, a)).toMatchObject({ kind: 'granted', mark: 1 });
  expect(await license(t, a)).toMatchObject({ kind: 'granted', mark: 0 });
  expect(await license(t, b, { mark: 1, name: `licence-${a}` })).toMatchObject({ kind: 'granted', mark: 2 });
});

it('a caller who remembers a licence that Redis does not know gets none, and nobody else does from then on', async () => {
  const { t, ids } = await fed(4);
  const [a, b, c, d] = ids as [ExpansionId, ExpansionId, ExpansionId, ExpansionId];
  await license(t, a);
  const kept = t.time.now;
  const goBack = await snapshotOf(t);
  await license(t, b);
  await goBack();
  const seen = { mark: 2, name: `licence-${b}` };
  expect(await license(t, c, seen)).toEqual({ kind: 'returned', reason: 'redis_went_back' });
  expect(await license(t, d)).toEqual({ kind: 'returned', reason: 'redis_went_back' });
  // Time opens nothing. Rows are still fed, for their pictures may stand in the bucket; those refused go to the tail.
  t.time.now += LICENCE_TERMS.lineProbeMsMax * 2;
  expect((await t.batches.feed({ ...FEED_TERMS, slots: 20 })).map(({ id }) => id)).toEqual([c, d]);
  expect(await license(t, b)).toEqual({ kind: 'returned', reason: 'redis_went_back' });
  expect(await t.batches.line()).toMatchObject({
    state: 'halted',
    code: 'redis_went_back',
    wentBack: { keptMark: 1, keptAt: kept },
  });
  const highWater = createHighWater(t.redis, t.keys, () => t.time.now);
  const looks = await Promise.all([highWater.look(seen), highWater.look(seen), highWater.look(NO_MARK)]);
  expect(looks.filter(({ isNews }) => isNews)).toHaveLength(1);
  // The account's own resume does not open it.
  expect(await t.batches.resumeLine()).toBe(false);
  expect((await t.batches.line()).state).toBe('halted');
});

it('a history that has caught up in number is known by its names', async () => {
  const { t, ids } = await fed(5);
  const [a, b, c, d, e] = ids as [ExpansionId, ExpansionId, ExpansionId, ExpansionId, ExpansionId];
  await license(t, a);
  const goBack = await snapshotOf(t);
  await license(t, b);
  const seen = { mark: 2, name: `licence-${b}` };
  await goBack();
  // Others, who know nothing of it, were granted two licences meanwhile.
  await license(t, c);
  await license(t, d);
  expect(await license(t, e, seen)).toEqual({ kind: 'returned', reason: 'redis_went_back' });
});

it('once put right, the marks of before are no reason to halt again', async () => {
  const { t, ids } = await fed(5);
  const [a, b, c, d] = ids as [ExpansionId, ExpansionId, ExpansionId, ExpansionId];
  await license(t, a);
  const goBack = await snapshotOf(t);
  await license(t, b);
  await goBack();
  const highWater = createHighWater(t.redis, t.keys, () => t.time.now);
  const { back, mark } = await highWater.look({ mark: 2, name: `licence-${b}` });
  expect(await highWater.putRight((back?.since ?? 0) + 1)).toBe(false);
  expect(await highWater.putRight(back?.since)).toBe(true);
  await t.batches.feed({ ...FEED_TERMS, slots: 20 });
  for (const seen of [{ mark: 2, name: `licence-${b}` }, { mark: 1, name: `licence-${a}` }, mark])
    expect((await highWater.look(seen)).back).toBeNull();
  expect(await license(t, c, mark)).toMatchObject({ kind: 'granted', mark: 4 });
  expect(await license(t, d, { mark: 2, name: `licence-${b}` })).toMatchObject({ kind: 'granted' });
});

it('a forgotten task comes back to its row with its money, and never over what is newer', async () => {
  const { t, ids } = await fed(2);
  const [a, b] = ids as [ExpansionId, ExpansionId];
  const read = async (id: ExpansionId) => {
    const record = await t.records.read(id);
    if (record === null) throw new Error(`no record ${id}`);
    return record;
  };
  const o = { watchMs: 1_000, priceMicro: 180_000 };
  const submit = { licence: 'forgotten', at: t.time.now, taskId: 'task-1' as never, requestId: null };
  const transition = submitting.toRestored(await read(a), submit, o);
  if (transition === null) throw new Error('not restored');
  expect(await t.records.apply(await read(a), transition, 'c1')).toMatchObject({ kind: 'applied' });
  expect(await read(a)).toMatchObject({ status: 'submitted', taskId: 'task-1', licence: 'forgotten' });
  expect(await t.batches.read(BATCH)).toMatchObject({ reservedMicro: 180_000, counts: { submitted: 1, accepted: 1 } });
  expect(await t.countRows(BATCH)).toMatchObject({ submitted: 1, accepted: 1 });
  const highWater = createHighWater(t.redis, t.keys, () => t.time.now);
  expect(await highWater.unknownOf(['task-1', 'task-2'])).toEqual(['task-2']);
  // Seen before it moved: the hop refuses it.
  expect(await t.records.apply(await read(a), transition, 'c2')).toMatchObject({ kind: 'refused' });

  // A later licence knows better than what somebody remembers.
  await license(t, b);
  expect(submitting.toRestored(await read(b), submit, o)).toBeNull();
  // So does the row that has seen this very task fail.
  const failure = { code: 'InternalError.Algo', class: 'transient', message: '' } as const;
  await t.records.apply(await read(a), polling.toRetriedTask(await read(a), failure, 0, 'attempts'), 'c3');
  expect(submitting.toRestored(await read(a), submit, o)).toBeNull();
});

it('a server that has just started grants nothing for a while, so that whoever remembers more can say so first', async () => {
  const { t, ids } = await fed(4);
  const [a, b, c, d] = ids as [ExpansionId, ExpansionId, ExpansionId, ExpansionId];
  const ask = async (id: ExpansionId, seen: Mark = NO_MARK) => {
    t.time.now += LICENCE_TERMS.submitGapMs;
    const record = await t.records.read(id);
    if (record === null) throw new Error(`no record ${id}`);
    return t.records.licence(record, { ...LICENCE_TERMS, slots: 20, restMs: 10_000 }, `licence-${id}`, seen);
  };
  // Nothing was ever paid for: there is nothing to wait for.
  expect(await ask(a)).toMatchObject({ kind: 'granted' });
  expect(await ask(b)).toMatchObject({ kind: 'granted' });
  // What another server would find: a copy of this one, or what a replica has.
  await t.redis.hset(t.keys.highWater, 'run', 'another-server');
  const startedAt = t.time.now + LICENCE_TERMS.submitGapMs;
  expect(await ask(c)).toEqual({ kind: 'wait', ms: 10_000 });
  expect(await ask(d, { mark: 3, name: 'lost' })).toEqual({ kind: 'returned', reason: 'redis_went_back' });
  await t.redis.del(t.keys.back);
  t.time.now = startedAt + 9_000;
  expect(await ask(c)).toMatchObject({ kind: 'wait' });
  t.time.now = startedAt + 10_000;
  expect(await ask(c)).toMatchObject({ kind: 'granted' });
});
