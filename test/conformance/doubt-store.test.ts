// The guarantees of reconciling's side of the store, on a real Redis: what is refused, what is kept, who has the lease.
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import { toAdopted, toHeld, toReleased } from '@outpaint/shared/lifecycle/moves/doubt-moves';
import { toDoubt, toSubmitted, toTaken } from '@outpaint/shared/lifecycle/moves/submit-moves';
import type { Policy } from '@outpaint/shared/lifecycle/policy';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import { describe, expect, it } from 'vitest';
import { BATCH, FEED_TERMS, LICENCE_TERMS, openStores, requestOf, type TestStores } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';

const POLICY = { requestTimeoutMs: 1_500, doubtLateMs: 200, doubtSettleMs: 5_000 } as Policy;
const DAY_MS = 86_400_000;

const read = async (t: TestStores, id: ExpansionId): Promise<ExpansionRecord> => {
  const record = await t.records.read(id);
  if (record === null) throw new Error(`no record ${id}`);
  return record;
};

const license = async (t: TestStores, id: ExpansionId, licence: string): Promise<void> => {
  t.time.now += LICENCE_TERMS.submitGapMs;
  expect((await t.records.licence(await read(t, id), LICENCE_TERMS, licence)).kind).toBe('granted');
};

let calls = 0;
const apply = async (
  t: TestStores,
  record: ExpansionRecord,
  transition: Parameters<TestStores['records']['apply']>[1],
) => {
  calls += 1;
  return t.records.apply(record, transition, `caller-${calls}`);
};

const answerOf = (licence: string, taskId: string) =>
  toSubmitted({ kind: 'submitted', licence, taskId: taskId as never, requestId: null }, 1_000);

/** Rows whose submits, under the licences `licence-<custom id>`, are in doubt. */
const doubtsOf = async (t: TestStores, ...customIds: string[]): Promise<ExpansionId[]> => {
  await t.batches.open(BATCH, {});
  const requests = customIds.map((customId) => requestOf(customId));
  const ids = (await t.batches.accept(BATCH, requests)).map(({ id }) => id);
  await t.batches.seal(BATCH);
  await t.batches.feed(FEED_TERMS);
  for (const [i, id] of ids.entries()) {
    await license(t, id, `licence-${customIds[i]}`);
    const failure = { code: 'worker_lost', class: 'in_doubt', message: '' } as const;
    expect((await apply(t, await read(t, id), toDoubt(`licence-${customIds[i]}`, failure, 1_000))).kind).toBe(
      'applied',
    );
  }
  return ids;
};

describe('a task', () => {
  it('that another row has is refused, whether an answer or reconciling names it, and nothing is written', async () => {
    const t = openStores();
    const [a, b] = (await doubtsOf(t, 'a', 'b')) as [ExpansionId, ExpansionId];
    expect(await apply(t, await read(t, a), answerOf('licence-a', 'task'))).toMatchObject({ kind: 'applied' });
    const before = await t.redis.hgetall(t.keys.record(b));

    const adopted = await apply(
      t,
      await read(t, b),
      toAdopted(await read(t, b), { taskId: 'task', requestId: null }, 1_000),
    );
    const answered = await apply(t, await read(t, b), answerOf('licence-b', 'task'));
    expect([adopted, answered]).toMatchObject([
      { kind: 'taken', by: a },
      { kind: 'taken', by: a },
    ]);
    expect(await t.redis.hgetall(t.keys.record(b))).toEqual(before);
    expect((await t.batches.read(BATCH))?.counts).toMatchObject({ submitted: 1, in_doubt: 1 });
    // What is kept instead, also of a doubt: it is of another kind now.
    const failure = { code: 'task_taken', class: 'in_doubt', message: '' } as const;
    expect(await apply(t, await read(t, b), toTaken('licence-b', failure, 1_000))).toMatchObject({ kind: 'applied' });
    expect(await read(t, b)).toMatchObject({ status: 'in_doubt', doubtCode: 'task_taken' });
    expect(await t.batches.read(BATCH)).toMatchObject({ reservedMicro: 2 * LICENCE_TERMS.priceMicro });
    expect(await t.doubts.knownTasks(['task', 'other'])).toEqual(new Map([['task', { id: a, keyName: 'abcd1234' }]]));
  });

  it('that its own row has already is no obstacle: the late answer of an adopted row changes nothing and is no suspect', async () => {
    const t = openStores();
    const [a] = (await doubtsOf(t, 'a')) as [ExpansionId];
    await apply(t, await read(t, a), toAdopted(await read(t, a), { taskId: 'task', requestId: null }, 1_000));
    expect(await apply(t, await read(t, a), answerOf('licence-a', 'task'))).toMatchObject({ kind: 'refused' });
    const suspect = { task_id: 'task', expansion_ids: [a], why: 'late_answer', created_at: null, found_at: 1 } as const;
    expect(await t.doubts.suspectLate(a, suspect)).toBe(false);
    expect(await t.doubts.suspects()).toEqual([]);
  });
});

describe('a release', () => {
  it('judged before the late answer came is refused: the row keeps its task and is not paid again', async () => {
    const t = openStores();
    const [a] = (await doubtsOf(t, 'a')) as [ExpansionId];
    const judged = await read(t, a);
    await apply(t, judged, answerOf('licence-a', 'task'));
    expect(await apply(t, judged, toReleased(judged, 0, POLICY))).toMatchObject({
      kind: 'refused',
      status: 'submitted',
    });
    expect(await t.doubts.open(t.time.now, DAY_MS)).toMatchObject({ released: [] });
  });

  it('judged for an earlier submit of the row does not release its later one', async () => {
    const t = openStores();
    const [a] = (await doubtsOf(t, 'a')) as [ExpansionId];
    const judged = await read(t, a);
    expect((await apply(t, judged, toReleased(judged, 0, POLICY))).kind).toBe('applied');
    await t.batches.feed(FEED_TERMS);
    await license(t, a, 'second');
    const failure = { code: 'worker_lost', class: 'in_doubt', message: '' } as const;
    await apply(t, await read(t, a), toDoubt('second', failure, 1_000));

    expect(await apply(t, judged, toReleased(judged, 0, POLICY))).toMatchObject({
      kind: 'refused',
      status: 'in_doubt',
    });
    // By the licence alone as well: the hop is not what tells two submits apart.
    const { hop: _, ...unguarded } = toReleased(judged, 0, POLICY);
    expect(await apply(t, judged, unguarded)).toMatchObject({ kind: 'refused', status: 'in_doubt' });
    expect((await t.batches.read(BATCH))?.reservedMicro).toBe(LICENCE_TERMS.priceMicro);
    expect((await t.doubts.open(t.time.now, DAY_MS)).released.map(({ licence }) => licence)).toEqual(['licence-a']);
  });

  it('gives the money back, and the late answer of a row without a new licence takes row and money back', async () => {
    const t = openStores();
    const [a] = (await doubtsOf(t, 'a')) as [ExpansionId];
    await apply(t, await read(t, a), toReleased(await read(t, a), 0, POLICY));
    expect(await t.batches.read(BATCH)).toMatchObject({ reservedMicro: 0, state: 'sealed', counts: { accepted: 1 } });
    // Also where its next token waits already.
    const [fed] = await t.batches.feed(FEED_TERMS);
    expect(fed).toMatchObject({ id: a });

    expect(await apply(t, await read(t, a), answerOf('licence-a', 'task'))).toMatchObject({ kind: 'applied' });
    expect(await read(t, a)).toMatchObject({ status: 'submitted', taskId: 'task' });
    expect(await t.batches.read(BATCH)).toMatchObject({
      reservedMicro: LICENCE_TERMS.priceMicro,
      counts: { accepted: 0, submitted: 1 },
    });
    expect(await t.batches.line()).toMatchObject({ slotsInUse: 1, fed: 0, retriesWaiting: 0 });
    const again = await t.records.licence({ ...(await read(t, a)), hop: fed?.hop ?? 0 }, LICENCE_TERMS, 'second');
    expect(again.kind).toBe('stale');
    expect(await t.batches.feed(FEED_TERMS)).toEqual([]);
  });

  it('makes the late answer of a row with a new licence a suspect, kept once, whose task nobody adopts', async () => {
    const t = openStores();
    const [a] = (await doubtsOf(t, 'a')) as [ExpansionId];
    await apply(t, await read(t, a), toReleased(await read(t, a), 0, POLICY));
    await t.batches.feed(FEED_TERMS);
    await license(t, a, 'second');

    expect(await apply(t, await read(t, a), answerOf('licence-a', 'task'))).toMatchObject({ kind: 'refused' });
    const suspect = { task_id: 'task', expansion_ids: [a], why: 'late_answer', created_at: null, found_at: 1 } as const;
    expect([await t.doubts.suspectLate(a, suspect), await t.doubts.suspectLate(a, suspect)]).toEqual([true, false]);
    expect(await t.doubts.suspects()).toEqual([suspect]);
    expect([...(await t.doubts.knownTasks(['task'])).keys()]).toEqual(['task']);
    expect(await apply(t, await read(t, a), answerOf('second', 'task-2'))).toMatchObject({ kind: 'applied' });
    expect([await t.doubts.forgetSuspect('task'), await t.doubts.forgetSuspect('task')]).toEqual([true, false]);
  });

  it('leaves a listed suspect that a person has seen known, so that no later pass suspects it anew', async () => {
    const t = openStores();
    const [a] = (await doubtsOf(t, 'a')) as [ExpansionId];
    const suspect = { task_id: 'task', expansion_ids: [a], why: 'listed', created_at: 1, found_at: 2 } as const;
    expect(await t.doubts.suspect(suspect)).toBe(true);
    expect(await t.doubts.knownTasks(['task'])).toEqual(new Map());
    expect([await t.doubts.forgetSuspect('task'), await t.doubts.forgetSuspect('task')]).toEqual([true, false]);
    expect(await t.doubts.suspects()).toEqual([]);
    expect(await t.doubts.knownTasks(['task'])).toEqual(new Map([['task', { id: a, keyName: null }]]));
  });

  it('is remembered for as long as it is asked for', async () => {
    const t = openStores();
    const [a] = (await doubtsOf(t, 'a')) as [ExpansionId];
    await apply(t, await read(t, a), toReleased(await read(t, a), 0, POLICY));
    expect((await t.doubts.open(t.time.now + DAY_MS - 1, DAY_MS)).released).toMatchObject([
      { id: a, kind: 'released' },
    ]);
    expect((await t.doubts.open(t.time.now + DAY_MS + 1, DAY_MS)).released).toEqual([]);
  });
});

describe('a held doubt', () => {
  it('is counted once, does not keep its batch open, and is counted no longer when it is settled', async () => {
    const t = openStores();
    const [a, b] = (await doubtsOf(t, 'a', 'b')) as [ExpansionId, ExpansionId];
    for (const reason of ['ambiguous', 'shared_key'] as const)
      expect((await apply(t, await read(t, a), toHeld(await read(t, a), reason, []))).kind).toBe('applied');
    expect(await t.batches.line()).toMatchObject({ doubts: 2, reconciling: { held: 1, suspects: 0 } });
    expect(await t.batches.read(BATCH)).toMatchObject({ held: 1, state: 'sealed' });
    await apply(t, await read(t, b), toHeld(await read(t, b), 'ambiguous', []));
    expect(await t.batches.read(BATCH)).toMatchObject({ held: 2, state: 'finished' });

    await apply(t, await read(t, a), answerOf('licence-a', 'task'));
    await apply(t, await read(t, b), toReleased(await read(t, b), 0, POLICY));
    expect(await t.batches.line()).toMatchObject({ doubts: 0, reconciling: { held: 0 } });
    expect(await t.batches.read(BATCH)).toMatchObject({ held: 0, state: 'sealed' });
  });
});

describe('the lease of a pass', () => {
  it('is of one holder at a time, renewed by it, ended by nobody else, and over by itself', async () => {
    const { doubts } = openStores();
    expect(await Promise.all([doubts.lease('a', 60_000), doubts.lease('b', 60_000)])).toEqual([true, false]);
    expect(await doubts.lease('a', 60_000)).toBe(true);
    await doubts.endLease('b');
    expect(await doubts.lease('b', 60_000)).toBe(false);
    await doubts.endLease('a');
    expect(await doubts.lease('b', 20)).toBe(true);
    await waitFor('the lease to run out', () => doubts.lease('a', 60_000));
  });
});
