// The guarantees of the Lua scripts that move records, on a real Redis, with a time that the test sets.
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import * as delivering from '@outpaint/shared/lifecycle/moves/deliver-moves';
import * as ending from '@outpaint/shared/lifecycle/moves/ending-moves';
import * as polling from '@outpaint/shared/lifecycle/moves/poll-moves';
import * as submitting from '@outpaint/shared/lifecycle/moves/submit-moves';
import { readDurations } from '@outpaint/shared/record/durations';
import { describe, expect, it } from 'vitest';
import { accept, ENDS, generated, license, read, submitted } from '../support/store-steps.ts';
import { BATCH, FEED_TERMS, idOf, LICENCE_TERMS, openStores, requestOf } from '../support/stores.ts';

const picture = { bytes: 1_000, sha256: 'ab', width: 10, height: 10 };

describe('accepting', () => {
  it('counts a row once, however often it is handed in', async () => {
    const t = openStores();
    await accept(t, 'a', 'b');
    await t.batches.open(BATCH, {});
    const again = await t.batches.accept(BATCH, [requestOf('a'), requestOf('c')]);
    expect(again.map((answer) => answer.kind)).toEqual(['exists', 'accepted']);
    const batch = await t.batches.read(BATCH);
    expect([batch?.rows, batch?.counts.accepted]).toEqual([3, 3]);
  });

  it('names the fields in which the same custom_id differs, and keeps the first content', async () => {
    const t = openStores();
    await accept(t, 'a');
    const other = requestOf('a', BATCH, { source: 'https://cdn.example.com/other.jpg', parameters: { x_scale: 3 } });
    const [answer] = await t.batches.accept(BATCH, [other]);
    expect(answer).toMatchObject({ kind: 'conflict', fields: ['source', 'parameters.x_scale'] });
    expect((await read(t, idOf('a'))).request.source).toBe('https://cdn.example.com/a.jpg');
  });
});

describe('a transition', () => {
  it('answers a re-sent call as it did the first time and writes nothing twice', async () => {
    const t = openStores();
    const [id] = (await accept(t, 'a')) as [ExpansionId];
    await t.batches.feed(FEED_TERMS);
    const licence = await license(t, id);
    const transition = submitting.toSubmitted(
      { kind: 'submitted', licence, taskId: 't1' as never, requestId: null },
      1_000,
    );
    const record = await read(t, id);
    const first = await t.records.apply(record, transition, 'caller');
    const again = await t.records.apply(record, transition, 'caller');
    expect([first.kind, again.kind]).toEqual(['applied', 'repeated']);
    expect(again).toMatchObject({ hop: (first as { hop: number }).hop });
    expect((await t.batches.read(BATCH))?.counts).toMatchObject({ submitted: 1, submitting: 0, accepted: 0 });
  });

  it('is refused under another hop, so a stale token changes nothing', async () => {
    const t = openStores();
    const [id] = (await accept(t, 'a')) as [ExpansionId];
    await t.batches.feed(FEED_TERMS);
    await submitted(t, id);
    const stale = await read(t, id);
    t.time.now += 5_000;
    expect(await t.records.overdue(10)).toEqual([id]);
    await t.records.apply(stale, ending.toRescued(stale, 1_000), 'sweeper');
    const refused = await t.records.apply(stale, polling.toPolled(stale, 1_000), 'slow-worker');
    expect(refused).toMatchObject({ kind: 'refused', status: 'submitted' });
  });

  it('of a paid answer holds although the sweeper had called it a doubt', async () => {
    const t = openStores();
    const [id] = (await accept(t, 'a')) as [ExpansionId];
    await t.batches.feed(FEED_TERMS);
    const licence = await license(t, id);
    const failure = { code: 'worker_lost', class: 'in_doubt', message: '' } as const;
    await t.records.apply(await read(t, id), submitting.toDoubt(licence, failure, 1_000), 'sweeper');
    expect(await t.batches.read(BATCH)).toMatchObject({ held: 0, counts: { in_doubt: 1 } });
    const late = submitting.toSubmitted({ kind: 'submitted', licence, taskId: 't1' as never, requestId: null }, 1_000);
    expect(await t.records.apply(await read(t, id), late, 'slow-worker')).toMatchObject({ kind: 'applied' });
    expect(await t.batches.read(BATCH)).toMatchObject({ held: 0, counts: { in_doubt: 0, submitted: 1 } });
  });

  it('with the licence of another attempt is refused', async () => {
    const t = openStores();
    const [id] = (await accept(t, 'a')) as [ExpansionId];
    await t.batches.feed(FEED_TERMS);
    await license(t, id, 'new');
    const o = { kind: 'submitted', licence: 'old', taskId: 't1' as never, requestId: null } as const;
    expect(await t.records.apply(await read(t, id), submitting.toSubmitted(o, 1), 'c')).toMatchObject({
      kind: 'refused',
    });
  });

  it('asked for by the sweeper does nothing to a row that is not overdue', async () => {
    const t = openStores();
    const [id] = (await accept(t, 'a')) as [ExpansionId];
    await t.batches.feed(FEED_TERMS);
    await submitted(t, id);
    const record = await read(t, id);
    expect(await t.records.apply(record, ending.toRescued(record, 1_000), 'sweeper')).toMatchObject({
      kind: 'refused',
    });
  });
});

describe('a batch', () => {
  it('is finished when it is sealed and no row is unfinished, and a redrive reopens it', async () => {
    const t = openStores();
    const [a, b] = (await accept(t, 'a', 'b')) as [ExpansionId, ExpansionId];
    await t.batches.feed(FEED_TERMS);
    await t.batches.seal(BATCH);
    await generated(t, a);
    await t.records.apply(await read(t, a), delivering.toDelivered(picture), 'd');
    expect((await t.batches.read(BATCH))?.state).toBe('sealed');
    const record = await read(t, b);
    const failure = { code: 'output_key_taken', class: 'permanent', message: 'taken' } as const;
    await t.records.apply(record, ending.toDeadLettered(record, 'submit', failure, { watchMs: 1 }), 'c');
    const finished = await t.batches.read(BATCH);
    expect(finished).toMatchObject({ state: 'finished', spentMicro: 180_000, reservedMicro: 0 });
    expect(finished?.counts).toEqual(await t.countRows(BATCH));
    await t.records.apply(await read(t, b), ending.toRedriven(await read(t, b), 'accepted', 1), 'r');
    expect((await t.batches.read(BATCH))?.state).toBe('sealed');
    expect(await t.batches.feed(FEED_TERMS)).toMatchObject([{ id: b }]);
  });

  it('of few rows is fed beside one of many, not behind it', async () => {
    const t = openStores();
    await accept(t, ...Array.from({ length: 100 }, (_, i) => `big-${i}`));
    const small = 'small' as typeof BATCH;
    await t.batches.open(small, {});
    await t.batches.accept(small, [requestOf('s1', small), requestOf('s2', small)]);
    const fed = await t.batches.feed({ ...FEED_TERMS, slots: 6 });
    const smallIds = [idOf('s1', small), idOf('s2', small)];
    expect(fed.map((row) => row.id).filter((id) => smallIds.includes(id))).toHaveLength(2);
  });

  it('is fed only as far as slots are free', async () => {
    const t = openStores();
    await accept(t, 'a', 'b', 'c', 'd');
    expect(await t.batches.feed({ ...FEED_TERMS, slots: 2 })).toHaveLength(2);
    expect(await t.batches.feed({ ...FEED_TERMS, slots: 2 })).toHaveLength(0);
    expect(await t.batches.feed({ ...FEED_TERMS, slots: 3 })).toHaveLength(1);
  });
});

it('a record that is newer than this program is refused, not guessed at', async () => {
  const t = openStores();
  const [id] = (await accept(t, 'a')) as [ExpansionId];
  await t.batches.feed(FEED_TERMS);
  const record = await read(t, id);
  await t.redis.hset(t.keys.record(id), 'v', 99);
  await expect(t.records.read(id)).rejects.toMatchObject({ code: 'record_newer' });
  await expect(t.records.licence(record, LICENCE_TERMS, 'c')).rejects.toMatchObject({ code: 'record_newer' });
  await expect(t.records.apply(record, submitting.toPostponed(record, 1, 'x'), 'c')).rejects.toMatchObject({
    code: 'record_newer',
  });
});

it('a batch that is newer than this program gives no licence and takes no rows, and goes on for one that knows it', async () => {
  const t = openStores();
  const [id] = (await accept(t, 'a')) as [ExpansionId];
  await t.batches.feed(FEED_TERMS);
  const record = await read(t, id);
  const key = t.keys.batch(record.batch);
  await t.redis.hset(key, 'v', 99);
  await expect(t.records.licence(record, LICENCE_TERMS, 'c')).rejects.toMatchObject({ code: 'record_newer' });
  await expect(t.batches.open(record.batch, {})).rejects.toMatchObject({ code: 'batch_newer' });
  await t.redis.hset(key, 'v', 1);
  expect(await t.records.licence(record, LICENCE_TERMS, 'c')).toMatchObject({ kind: 'granted' });
});

it('every key of an installation carries its one hash tag', async () => {
  const t = openStores();
  const [id] = (await accept(t, 'a')) as [ExpansionId];
  await t.batches.feed(FEED_TERMS);
  await generated(t, id);
  const keys = await t.redis.keys('*');
  expect(keys.filter((key) => key.includes(t.namespace) && !key.startsWith(`{${t.namespace}}:`))).toEqual([]);
});

describe('what tasks teach', () => {
  it('is kept by kind, once for each move, and never more than the latest 250', async () => {
    const t = openStores();
    const [id] = (await accept(t, 'a')) as [ExpansionId];
    await t.batches.feed(FEED_TERMS);
    await submitted(t, id);
    const o = { kind: 'generated', resultUrl: 'https://x.aliyuncs.com/r.jpg', imageCount: 1 } as const;
    await t.redis.rpush(t.keys.durations('ordinary'), ...Array.from({ length: 250 }, (_, i) => i + 1));
    const move = polling.toGenerated(await read(t, id), o, 1_000, ENDS, { of: 'ordinary', ms: 26_500 });
    await t.records.apply(await read(t, id), move, 'c');
    await t.records.apply(await read(t, id), move, 'c');
    const kept = await readDurations(t.redis, t.keys, 'ordinary');
    expect([kept.length, kept[0], kept.at(-2), kept.at(-1)]).toEqual([200, 52, 250, 26_500]);
    expect(await readDurations(t.redis, t.keys, 'best')).toEqual([]);
  });
});
