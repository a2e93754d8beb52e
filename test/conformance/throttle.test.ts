// The account's limits in Redis: cut at once by a refusal, once for each burst, and climbing back with time.
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import type { Failure } from '@outpaint/shared/lifecycle/failure';
import * as polling from '@outpaint/shared/lifecycle/moves/poll-moves';
import * as submitting from '@outpaint/shared/lifecycle/moves/submit-moves';
import type { Transition } from '@outpaint/shared/lifecycle/transition';
import { slowQueries, takeQueryPlace } from '@outpaint/shared/record/query-pace';
import { describe, expect, it } from 'vitest';
import { BATCH, FEED_TERMS, LICENCE_TERMS, openStores, requestOf, type TestStores } from '../support/stores.ts';

const CLIMB_MS = 600_000;
const HOLD_MS = 1_000;
const RATE = 1_000 / LICENCE_TERMS.submitGapMs;
const THROTTLED: Failure = { code: 'Throttling.RateQuota', class: 'throttled', message: 'too fast', httpStatus: 429 };
const BY_RATE = { by: 'rate', rate_full: RATE, slots_full: LICENCE_TERMS.slots, climb_ms: CLIMB_MS } as const;

const scene = async (rows = 6): Promise<{ t: TestStores; ids: ExpansionId[] }> => {
  const t = openStores();
  await t.batches.open(BATCH, {});
  const requests = Array.from({ length: rows }, (_, i) => requestOf(`row-${i}`));
  await t.batches.accept(BATCH, requests);
  const ids = (await t.batches.feed(FEED_TERMS)).map(({ id }) => id);
  return { t, ids };
};

const record = async (t: TestStores, id: ExpansionId | undefined) => {
  const found = await t.records.read(id as ExpansionId);
  if (found === null) throw new Error(`no record of ${id}`);
  return found;
};

const ask = async (t: TestStores, id: ExpansionId | undefined) =>
  t.records.licence(await record(t, id), LICENCE_TERMS, `licence-${id}`);

const license = async (t: TestStores, id: ExpansionId | undefined): Promise<void> => {
  const answer = await ask(t, id);
  if (answer.kind !== 'granted') throw new Error(`not granted: ${JSON.stringify(answer)}`);
};

const refuse = async (
  t: TestStores,
  id: ExpansionId | undefined,
  o: { holdMs?: number; throttle?: NonNullable<Transition['throttle']>; code?: string } = {},
) => {
  const { holdMs = HOLD_MS, throttle = BY_RATE, code = THROTTLED.code } = o;
  const move = submitting.toRetriedSubmit(`licence-${id}`, { ...THROTTLED, code }, holdMs, null, throttle);
  expect(await t.records.apply(await record(t, id), move, `throttled-${id}-${t.time.now}`)).toMatchObject({
    kind: 'applied',
  });
};

describe('a throttled submit', () => {
  it('cuts the pace at once, holds every licence back for one wait, and the pace climbs with time', async () => {
    const { t, ids } = await scene();
    await license(t, ids[0]);
    await refuse(t, ids[0]);
    expect(await ask(t, ids[1])).toEqual({ kind: 'wait', ms: HOLD_MS });
    const { throttle } = await t.batches.line();
    expect(throttle.submitRate).toMatchObject({ inForce: 1.4, full: RATE, code: THROTTLED.code, cutAt: t.time.now });
    expect([throttle.slots, throttle.queryRate]).toEqual([null, null]);
    t.time.now += HOLD_MS;
    await license(t, ids[1]);
    // 1.4 a second is one in 715 ms, and a second of climbing has made it a little faster.
    expect(await ask(t, ids[2])).toEqual({ kind: 'wait', ms: 713 });
    t.time.now += CLIMB_MS * 0.15;
    expect((await t.batches.line()).throttle.submitRate?.inForce).toBeCloseTo(1.4 + 0.3, 1);
    t.time.now += CLIMB_MS * 0.15;
    expect((await t.batches.line()).throttle.submitRate).toBeNull();
    await license(t, ids[2]);
    expect(await ask(t, ids[3])).toEqual({ kind: 'wait', ms: LICENCE_TERMS.submitGapMs });
  });

  it('counts once with all whose licence is older than the cut, and again with one that is younger', async () => {
    const { t, ids } = await scene();
    for (const id of ids.slice(0, 3)) {
      await license(t, id);
      t.time.now += LICENCE_TERMS.submitGapMs;
    }
    for (const id of ids.slice(0, 3)) await refuse(t, id);
    expect((await t.batches.line()).throttle).toMatchObject({ submitRate: { inForce: 1.4 }, cuts: { submitRate: 1 } });
    t.time.now += HOLD_MS;
    await license(t, ids[3]);
    await refuse(t, ids[3]);
    const { throttle } = await t.batches.line();
    expect(throttle.cuts.submitRate).toBe(2);
    expect(throttle.submitRate?.inForce).toBeCloseTo(1.4 * 0.7, 2);
  });

  it('waits as long as upstream asks; a shorter wait that is asked for later does not shorten it', async () => {
    const { t, ids } = await scene();
    await license(t, ids[0]);
    t.time.now += LICENCE_TERMS.submitGapMs;
    await license(t, ids[1]);
    await refuse(t, ids[0], { holdMs: 60_000 });
    await refuse(t, ids[1], { holdMs: 1_000 });
    expect(await ask(t, ids[2])).toEqual({ kind: 'wait', ms: 60_000 });
  });

  it('never brings the pace to a standstill', async () => {
    const { t, ids } = await scene();
    for (let i = 0; i < 40; i += 1) {
      t.time.now += 60_000;
      ids.push(...(await t.batches.feed(FEED_TERMS)).map(({ id }) => id));
      const id = ids.shift();
      await license(t, id);
      await refuse(t, id, { holdMs: 1, throttle: { ...BY_RATE, climb_ms: 1e9 } });
    }
    expect((await t.batches.line()).throttle.submitRate?.inForce).toBeCloseTo(RATE / 64, 2);
  });
});

describe('slots', () => {
  it('are cut below what is taken when upstream says that it has too many tasks, and the pace is left alone', async () => {
    const { t, ids } = await scene(7);
    for (const id of ids.slice(0, 5)) {
      await license(t, id);
      t.time.now += LICENCE_TERMS.submitGapMs;
    }
    await refuse(t, ids[4], { throttle: { ...BY_RATE, by: 'slots' }, code: 'Throttling.Concurrency' });
    const { throttle } = await t.batches.line();
    expect(throttle).toMatchObject({
      submitRate: null,
      slots: { inForce: 2, full: 7, code: 'Throttling.Concurrency' },
    });
    t.time.now += HOLD_MS;
    expect(await ask(t, ids[5])).toEqual({ kind: 'returned', reason: 'no_slot' });
    expect(await t.batches.feed(FEED_TERMS)).toEqual([]);
    t.time.now += CLIMB_MS;
    expect((await t.batches.line()).throttle.slots).toBeNull();
    expect(await t.batches.feed(FEED_TERMS)).not.toEqual([]);
  });

  it('are cut too where the pace is below a quarter already and is refused all the same, and one always stays', async () => {
    const { t, ids } = await scene(2);
    for (let i = 0; i < 12; i += 1) {
      t.time.now += 60_000;
      ids.push(...(await t.batches.feed(FEED_TERMS)).map(({ id }) => id));
      const id = ids.shift();
      await license(t, id);
      await refuse(t, id, { holdMs: 1, throttle: { ...BY_RATE, climb_ms: 1e9 } });
      const { cuts } = (await t.batches.line()).throttle;
      // 0.7⁴ is just below a quarter.
      expect(cuts.slots).toBe(Math.max(0, i - 3));
    }
    expect((await t.batches.line()).throttle.slots?.inForce).toBe(1);
  });
});

describe('a throttled query', () => {
  it('slows all queries, once for each burst, and waits as long as it is told', async () => {
    const t = openStores({ realTime: true });
    const throttle = { perSecond: 20, climbMs: CLIMB_MS, code: 'Throttling.RateQuota', holdMs: 0 };
    const askedAt = await t.records.now();
    expect(await slowQueries(t.redis, t.keys, { ...throttle, askedAt })).toBe(true);
    expect(await slowQueries(t.redis, t.keys, { ...throttle, askedAt })).toBe(false);
    const { queryRate, submitRate, cuts } = (await t.batches.line()).throttle;
    expect([submitRate, cuts.queryRate]).toEqual([null, 1]);
    expect(queryRate?.inForce).toBeCloseTo(14, 0);
    await takeQueryPlace(t.redis, t.keys, 20);
    const places = [await takeQueryPlace(t.redis, t.keys, 20), await takeQueryPlace(t.redis, t.keys, 20)] as const;
    // A place each 71 ms instead of each 50; between the two calls some of it passes.
    expect(places[1] - places[0]).toBeLessThanOrEqual(72);
    await slowQueries(t.redis, t.keys, { ...throttle, askedAt, holdMs: 60_000 });
    expect(await takeQueryPlace(t.redis, t.keys, 20)).toBeGreaterThan(50_000);
  });
});

it('no row is fed or licensed while the link to an undelivered picture is past half of its life', async () => {
  const { t, ids } = await scene();
  const [a, b] = ids;
  await license(t, a);
  const task = { kind: 'submitted', licence: `licence-${a}`, taskId: 'task-a' as never, requestId: null } as const;
  await t.records.apply(await record(t, a), submitting.toSubmitted(task, 1_000), 'c1');
  const ends = { expiresAt: t.time.now + 120_000, yieldAt: t.time.now + 60_000 };
  const made = { kind: 'generated', resultUrl: 'https://x.aliyuncs.com/r.jpg', imageCount: 1 } as const;
  await t.records.apply(await record(t, a), polling.toGenerated(await record(t, a), made, 1_000, ends), 'c2');
  t.time.now += 59_999;
  await license(t, b);
  t.time.now += 1;
  expect((await t.batches.line()).expiring).toBe(1);
  expect(await ask(t, ids[2])).toEqual({ kind: 'returned', reason: 'expiring' });
  expect(await t.batches.feed(FEED_TERMS)).toEqual([]);
  expect((await record(t, a)).resultExpiresAt).toBe(ends.expiresAt);
});
