// Who is given the licence to pay, and when the line is halted, on a real Redis, with a time that the test sets.
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import * as delivering from '@outpaint/shared/lifecycle/moves/deliver-moves';
import * as ending from '@outpaint/shared/lifecycle/moves/ending-moves';
import * as submitting from '@outpaint/shared/lifecycle/moves/submit-moves';
import { describe, expect, it } from 'vitest';
import { namesOf } from '../support/row-story.ts';
import { accept, generated, license, read, submitted } from '../support/store-steps.ts';
import { BATCH, FEED_TERMS, LICENCE_TERMS, openStores } from '../support/stores.ts';

const taken = { code: 'output_key_taken', class: 'permanent', message: 'taken' } as const;
const picture = { bytes: 1_000, sha256: 'ab', width: 10, height: 10 };

describe('the licence to pay', () => {
  it('is granted to one of twenty callers, and to that one again when its reply was lost', async () => {
    const t = openStores();
    const [id] = (await accept(t, 'a')) as [ExpansionId];
    await t.batches.feed(FEED_TERMS);
    const record = await read(t, id);
    const callers = Array.from({ length: 20 }, (_, i) => `caller-${i}`);
    const answers = await Promise.all(callers.map((caller) => t.records.licence(record, LICENCE_TERMS, caller)));
    expect(answers.filter((answer) => answer.kind === 'granted')).toHaveLength(1);
    const winner = callers[answers.findIndex((answer) => answer.kind === 'granted')] as string;
    expect(await t.records.licence(record, LICENCE_TERMS, winner)).toMatchObject({ kind: 'granted', licence: winner });
    expect((await t.batches.read(BATCH))?.reservedMicro).toBe(180_000);
  });

  it('is spaced by the submit pace', async () => {
    const t = openStores();
    const [a, b] = (await accept(t, 'a', 'b')) as [ExpansionId, ExpansionId];
    await t.batches.feed(FEED_TERMS);
    await license(t, a);
    t.time.now += 200;
    expect(await t.records.licence(await read(t, b), LICENCE_TERMS, 'x')).toEqual({ kind: 'wait', ms: 300 });
  });

  it('is not granted past the slots, and the row goes back to the head of its backlog', async () => {
    const t = openStores();
    const ids = await accept(t, 'a', 'b', 'c');
    await t.batches.feed({ ...FEED_TERMS, slots: 3 });
    await license(t, ids[0] as ExpansionId);
    t.time.now += 500;
    const refused = await t.records.licence(await read(t, ids[1] as ExpansionId), { ...LICENCE_TERMS, slots: 1 }, 'x');
    expect(refused).toEqual({ kind: 'returned', reason: 'no_slot' });
    expect(await t.redis.lrange(t.keys.backlog(BATCH), 0, -1)).toEqual([ids[1]]);
  });

  it('is not granted over the budget: the batch pauses and says why', async () => {
    const t = openStores();
    await t.batches.open(BATCH, { budgetMicro: 200_000 });
    const ids = await accept(t, 'a', 'b');
    await t.batches.feed(FEED_TERMS);
    await license(t, ids[0] as ExpansionId);
    t.time.now += 500;
    expect(await t.records.licence(await read(t, ids[1] as ExpansionId), LICENCE_TERMS, 'x')).toEqual({
      kind: 'returned',
      reason: 'budget',
    });
    expect(await t.batches.read(BATCH)).toMatchObject({ run: 'paused', pausedBy: 'budget', reservedMicro: 180_000 });
  });

  it('is not granted once the failures allowed are reached', async () => {
    const t = openStores();
    await t.batches.open(BATCH, { failuresMax: 1 });
    const ids = await accept(t, 'a', 'b');
    await t.batches.feed(FEED_TERMS);
    const record = await read(t, ids[0] as ExpansionId);
    await t.records.apply(record, ending.toDeadLettered(record, 'submit', taken, { watchMs: 1 }), 'c');
    t.time.now += 500;
    expect(await t.records.licence(await read(t, ids[1] as ExpansionId), LICENCE_TERMS, 'x')).toEqual({
      kind: 'returned',
      reason: 'threshold',
    });
    expect(await t.batches.read(BATCH)).toMatchObject({ run: 'paused', pausedBy: 'threshold' });
  });

  it('is not granted once so many of a hundred have failed, and not before enough have ended to judge by', async () => {
    const t = openStores();
    await t.batches.open(BATCH, { failuresPercent: 10 });
    const ids = await accept(t, ...namesOf('row', 24));
    const slots = ids.length;
    await t.batches.feed({ ...FEED_TERMS, slots });
    const [first, second, third, ...others] = ids as [ExpansionId, ExpansionId, ExpansionId, ...ExpansionId[]];
    const isGranted = async (id: ExpansionId): Promise<boolean> => {
      t.time.now += LICENCE_TERMS.submitGapMs;
      const answer = await t.records.licence(await read(t, id), { ...LICENCE_TERMS, slots }, `licence-${id}`);
      return answer.kind === 'granted';
    };
    const fail = async (id: ExpansionId, o: { licence?: string } = {}): Promise<void> => {
      const record = await read(t, id);
      await t.records.apply(record, ending.toDeadLettered(record, 'submit', taken, { watchMs: 1, ...o }), `end-${id}`);
    };
    const find = async (id: ExpansionId): Promise<void> => {
      const record = await read(t, id);
      await t.records.apply(record, delivering.toFound(record, picture), `end-${id}`);
    };
    for (const id of others.slice(0, 2)) await fail(id);
    for (const id of others.slice(2, 19)) await find(id);
    expect(await isGranted(first)).toBe(true); // 2 of 19: more than a tenth, of too few
    for (const id of others.slice(19)) await find(id);
    expect(await isGranted(second)).toBe(true); // 2 of 21: less than a tenth
    await fail(second, { licence: `licence-${second}` });
    expect(await isGranted(third)).toBe(false); // 3 of 22
    expect(await t.batches.read(BATCH)).toMatchObject({ pausedBy: 'threshold', counts: { dead_lettered: 3 } });
  });

  it('is not granted while too much is undelivered, or something undelivered is too old', async () => {
    const t = openStores();
    const ids = await accept(t, 'a', 'b');
    await t.batches.feed(FEED_TERMS);
    await generated(t, ids[0] as ExpansionId);
    t.time.now += 500;
    const b = await read(t, ids[1] as ExpansionId);
    expect(await t.records.licence(b, { ...LICENCE_TERMS, undeliveredMax: 1 }, 'x')).toEqual({
      kind: 'returned',
      reason: 'undelivered',
    });
    expect(await t.batches.feed({ ...FEED_TERMS, undeliveredMax: 1 })).toEqual([]);
    t.time.now += LICENCE_TERMS.undeliveredAgeMsMax;
    expect(await t.batches.feed(FEED_TERMS)).toEqual([]);
  });

  it('is not granted on a halted line except to one probe when it is due', async () => {
    const t = openStores();
    const ids = await accept(t, 'a', 'b', 'c');
    await t.batches.feed(FEED_TERMS);
    const licence = await license(t, ids[0] as ExpansionId);
    const failure = { code: 'Arrearage', class: 'account', message: 'good standing' } as const;
    const halted = await t.records.apply(
      await read(t, ids[0] as ExpansionId),
      submitting.toLineHalted(licence, failure, 30_000),
      'c',
    );
    expect(halted).toMatchObject({ kind: 'applied', lineHalted: true });
    expect(await t.batches.line()).toMatchObject({ state: 'halted', code: 'Arrearage' });
    t.time.now += 500;
    for (const id of ids.slice(1)) {
      expect(await t.records.licence(await read(t, id), LICENCE_TERMS, `x-${id}`)).toEqual({
        kind: 'returned',
        reason: 'line_halted',
      });
    }
    expect(await t.batches.feed(FEED_TERMS)).toEqual([]);
    t.time.now += 30_000;
    const probes = await t.batches.feed(FEED_TERMS);
    expect(probes).toHaveLength(1);
    expect(await t.batches.feed(FEED_TERMS)).toEqual([]);
    await submitted(t, probes[0]?.id as ExpansionId);
    expect(await t.batches.line()).toMatchObject({ state: 'running', code: null });
  });

  it('is refused to a row whose batch is cancelled or paused', async () => {
    const t = openStores();
    const ids = await accept(t, 'a');
    await t.batches.feed(FEED_TERMS);
    await t.batches.pause(BATCH);
    expect(await t.records.licence(await read(t, ids[0] as ExpansionId), LICENCE_TERMS, 'x')).toEqual({
      kind: 'returned',
      reason: 'batch_paused',
    });
    expect(await t.batches.feed(FEED_TERMS)).toEqual([]);
    await t.batches.resume(BATCH);
    expect(await t.batches.feed(FEED_TERMS)).toHaveLength(1);
  });
});

describe('the halted line', () => {
  const fault = (code: string) => ({ code, class: 'account', message: `${code}!` }) as const;

  it('keeps since when it is halted when a second fault comes, tells its newest reason, and alerts once', async () => {
    const t = openStores();
    const ids = await accept(t, 'a', 'b');
    await t.batches.feed(FEED_TERMS);
    for (const id of ids) await license(t, id);
    const since = t.time.now;
    const halt = async (id: ExpansionId, code: string) =>
      t.records.apply(await read(t, id), submitting.toLineHalted(`licence-${id}`, fault(code), 30_000), `h-${id}`);
    expect(await halt(ids[0] as ExpansionId, 'Arrearage')).toMatchObject({ lineHalted: true });
    t.time.now += 1_000;
    expect(await halt(ids[1] as ExpansionId, 'InvalidApiKey')).toMatchObject({ lineHalted: false });
    expect(await t.batches.line()).toMatchObject({ state: 'halted', code: 'InvalidApiKey', since });
  });

  it('is opened by no answer but that of a probe: one that left before the halt says nothing of now', async () => {
    const t = openStores();
    const [a, b] = (await accept(t, 'a', 'b')) as [ExpansionId, ExpansionId];
    await t.batches.feed(FEED_TERMS);
    for (const id of [a, b]) await license(t, id);
    await t.records.apply(await read(t, a), submitting.toLineHalted(`licence-${a}`, fault('Arrearage'), 30_000), 'h');
    const task = { kind: 'submitted', licence: `licence-${b}`, taskId: 'task-b' as never, requestId: null } as const;
    expect(await t.records.apply(await read(t, b), submitting.toSubmitted(task, 1_000), 's')).toMatchObject({
      kind: 'applied',
    });
    expect(await t.batches.line()).toMatchObject({ state: 'halted', code: 'Arrearage' });
  });

  it('is not opened by a probe that is throttled or ends in doubt, and another probe is due later', async () => {
    const t = openStores();
    const ids = await accept(t, 'a', 'b', 'c');
    await t.batches.feed(FEED_TERMS);
    const a = ids[0] as ExpansionId;
    await license(t, a);
    await t.records.apply(await read(t, a), submitting.toLineHalted(`licence-${a}`, fault('Arrearage'), 1_000), 'h');
    for (const id of ids.slice(1)) await t.records.licence(await read(t, id), LICENCE_TERMS, 'returned');
    const endings = [
      (licence: string) =>
        submitting.toRetriedSubmit(licence, { ...fault('Throttling'), class: 'throttled' }, 60_000, null),
      (licence: string) => submitting.toDoubt(licence, { ...fault('upstream_reset'), class: 'in_doubt' }, 60_000),
    ];
    for (const [i, ending] of endings.entries()) {
      t.time.now += 4_000;
      const [probe] = await t.batches.feed(FEED_TERMS);
      const id = probe?.id as ExpansionId;
      await license(t, id, `probe-${i}`);
      await t.records.apply(await read(t, id), ending(`probe-${i}`), `end-${i}`);
      expect(await t.batches.line()).toMatchObject({ state: 'halted', code: 'Arrearage' });
      expect(await t.batches.feed(FEED_TERMS)).toEqual([]);
    }
    t.time.now += 60_000;
    expect(await t.batches.feed(FEED_TERMS)).toHaveLength(1);
  });
});
