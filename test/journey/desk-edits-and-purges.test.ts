// The dead-letter desk on the command line: narrowed by code, batch and time; rows changed, redriven at a rate, forgotten.

import { randomUUID } from 'node:crypto';
import { createReportStore } from '@outpaint/shared/batch/report-store';
import { type DeadLetter, letterJobId } from '@outpaint/shared/contract/dead-letter';
import { writeLetter } from '@outpaint/worker/dead-letter/write-letter';
import { Worker } from 'bullmq';
import { expect, inject, it, onTestFinished } from 'vitest';
import { type Desk, diesAtDeliver, diesAtPoll, diesAtSubmit, openDesk } from '../support/desk.ts';
import { BATCH, idOf } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';

const CONTENT = 'InvalidParameter.ImageContent';
const DOWNLOAD = 'InvalidParameter.FileDownload';

const deskJson = async (desk: Desk, ...args: string[]) =>
  JSON.parse((await desk.outpaint('dead-letter', ...args, '--json')).stdout);

/** What stands in the bucket as the report of the batch tells of every row that has died until now. */
const reported = async (desk: Desk): Promise<void> => {
  await createReportStore(desk.redis, desk.keys).settle({ name: BATCH, turn: 0 }, 'written');
};

const letterOf = async (desk: Desk, name: string) =>
  desk.queues.readLetter(letterJobId(idOf(name), (await desk.record(name)).deaths));

const lettersLeft = async (desk: Desk): Promise<number> => {
  const waiting = await desk.redis.llen(`${desk.keys.queuePrefix}:dead-letter:wait`);
  return waiting;
};

const keysOf = (desk: Desk, name: string): Promise<number> => {
  const id = idOf(name);
  return desk.redis.exists(desk.keys.request(id), desk.keys.record(id), desk.keys.history(id));
};

const rowsOf = async (desk: Desk, count: number): Promise<string[]> => {
  const names = Array.from({ length: count }, (_, i) => `sku-${i}`);
  for (const name of names) await diesAtSubmit(desk, name, CONTENT);
  return names;
};

it('a list is narrowed by time and batch, and shows the newest of each code as its example', async () => {
  const desk = openDesk();
  await diesAtSubmit(desk, 'old', CONTENT);
  await diesAtSubmit(desk, 'older-than-the-cut', DOWNLOAD);
  const cut = ((await desk.record('older-than-the-cut')).deadAt ?? 0) + 1;
  await waitFor('Redis’ clock to be past the cut', async () => (await desk.records.now()) > cut || null);
  await diesAtSubmit(desk, 'new', CONTENT);

  const all = await deskJson(desk, 'list');
  expect(all.codes).toMatchObject([
    { code: CONTENT, count: 2, example: { custom_id: 'new' } },
    { code: DOWNLOAD, count: 1, example: { custom_id: 'older-than-the-cut' } },
  ]);
  const since = new Date(cut).toISOString();
  for (const scope of [
    ['--since', since],
    ['--since', since, '--batch', 'spring'],
  ]) {
    const some = await deskJson(desk, 'list', ...scope);
    expect(some).toMatchObject({ total: 1, codes: [{ code: CONTENT, count: 1, example: { custom_id: 'new' } }] });
    expect(some.letters.map((letter: { custom_id: string }) => letter.custom_id)).toEqual(['new']);
  }
  for (const scope of [
    ['--until', since],
    ['--until', since, '--batch', 'spring'],
  ])
    expect((await deskJson(desk, 'list', ...scope)).letters).toMatchObject([
      { custom_id: 'older-than-the-cut' },
      { custom_id: 'old' },
    ]);
  expect(await deskJson(desk, 'list', '--since', '36h')).toMatchObject({ total: 3 });
  const lines = (await desk.outpaint('dead-letter', 'list', '--ndjson')).stdout.trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).event)).toEqual(['code', 'code', 'letter', 'letter', 'letter', 'end']);
});

it('one row is changed by its id, checked like a new request, kept in its history, and submitted so', async () => {
  const desk = openDesk();
  await diesAtSubmit(desk, 'a', CONTENT);
  const edit = await desk.outpaint('dead-letter', 'edit', 'spring/a', '--set', 'output_ratio=1:1');
  expect(edit).toMatchObject({ code: 0, stderr: expect.stringContaining('1 row changed.') });
  // The ratio drives out the scale that the row had, which it would take precedence over.
  expect((await desk.record('a')).request.parameters).toEqual({
    output_ratio: '1:1',
    best_quality: false,
    limit_image_size: true,
    add_watermark: true,
  });
  expect((await letterOf(desk, 'a'))?.request).toEqual((await desk.record('a')).request);
  expect((await desk.records.history(idOf('a'))).at(-1)).toMatchObject({
    event: 'edited',
    detail: 'parameters.output_ratio, parameters.x_scale',
  });
  const again = await desk.outpaint('dead-letter', 'edit', 'spring/a', '--set', 'output_ratio=1:1');
  expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('0 rows changed. 1 ask for that already.') });
  for (const wrong of [['--set', 'output_ratio=5:1'], ['--source', 'nonsense'], [], ['--source-prefix', '=x']])
    expect((await desk.outpaint('dead-letter', 'edit', 'spring/a', ...wrong)).code).toBe(2);
  expect((await desk.record('a')).request.source).toBe('https://cdn.example.com/a.jpg');
});

it('whoever takes a letter from the queue sees the request as it was edited; killed before that, the same edit puts it right', async () => {
  const desk = openDesk();
  for (const name of ['a', 'killed', 'taken', 'late']) await diesAtSubmit(desk, name, CONTENT);
  await desk.queues.removeLetter(letterJobId(idOf('taken'), 1));
  const [killed, late] = await Promise.all(['killed', 'late'].map((name) => letterOf(desk, name)));
  // A worker has read its row and has not put the letter there yet.
  const id = idOf('late');
  await desk.queues.removeLetter(letterJobId(id, 1));
  await desk.redis.hdel(desk.keys.record(id), 'letter');
  const edit = ['--code', CONTENT, '--set', 'output_ratio=1:1', '--yes'];
  expect((await desk.outpaint('dead-letter', 'edit', ...edit)).code).toBe(0);
  // Dead between the row and its letter: the row is edited, the letter is not.
  await desk.queues.rewriteLetter(letterJobId(idOf('killed'), 1), () => killed as DeadLetter);
  expect((await letterOf(desk, 'killed'))?.request).toMatchObject({ parameters: { x_scale: 2 } });
  // Now it does, and dies; the sweeper writes the letter once more.
  await desk.queues.addLetter(letterJobId(id, 1), late as DeadLetter);
  await writeLetter({ records: desk.records, queues: desk.queues, newCaller: randomUUID }, id);
  expect((await letterOf(desk, 'late'))?.request).toEqual((await desk.record('late')).request);

  expect((await desk.outpaint('dead-letter', 'edit', ...edit)).code).toBe(0);
  const seen: Record<string, DeadLetter> = {};
  const consumer = new Worker<DeadLetter>(
    'dead-letter',
    async ({ data }) => {
      seen[`${data.custom_id}`] = data;
    },
    { connection: { url: inject('redisUrl') }, prefix: desk.keys.queuePrefix },
  );
  onTestFinished(() => consumer.close());
  await waitFor('three letters taken', () => Object.keys(seen).length === 3 || null);
  for (const name of ['a', 'killed', 'late']) {
    const record = await desk.record(name);
    expect(seen[name]).toMatchObject({ request: record.request, code: CONTENT, dead_at: record.deadAt });
    expect(record.request.parameters).toMatchObject({ output_ratio: '1:1' });
  }
  expect(await letterOf(desk, 'taken')).toBeNull();
});

it('a filtered set is changed as a whole or not at all, asks first, and leaves what is paid for', async () => {
  const desk = openDesk();
  for (const name of ['a', 'b']) await diesAtSubmit(desk, name, DOWNLOAD);
  await diesAtSubmit(desk, 'other', CONTENT);
  await diesAtDeliver(desk, 'paid', 'result_too_large');
  const edit = (...args: string[]) => desk.outpaint('dead-letter', 'edit', ...args);
  const sources = async () =>
    (await Promise.all(['a', 'b', 'other', 'paid'].map((name) => desk.record(name)))).map(
      ({ request }) => request.source,
    );
  const before = await sources();

  const prefix = ['--source-prefix', 'https://cdn.example.com/=s3://photos/'];
  expect(await edit('--code', DOWNLOAD, ...prefix)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('This would change 2 rows. There is nobody to ask here'),
  });
  // One of them could not be submitted so.
  expect((await edit('spring/b', '--set', 'left_offset=10000')).code).toBe(0);
  expect((await edit('--code', DOWNLOAD, '--set', 'right_offset=10000', '--yes')).code).toBe(2);
  expect((await desk.record('a')).request.parameters).toMatchObject({ x_scale: 2 });
  // One source for all is no source for any.
  expect(await edit('--batch', 'spring', '--source', 'https://x.example/one.jpg', '--yes')).toMatchObject({ code: 2 });
  expect(await sources()).toEqual(before);

  expect(await edit('--code', DOWNLOAD, ...prefix, '--yes')).toMatchObject({ code: 0 });
  expect(await edit('--all', '--source', 'https://x.example/{custom_id}.jpg', '--yes')).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('3 rows changed. 1 go on with a picture that is paid for and are left.'),
  });
  expect(await sources()).toEqual([
    'https://x.example/a.jpg',
    'https://x.example/b.jpg',
    'https://x.example/other.jpg',
    before[3],
  ]);
});

it('a purge forgets by age what a report tells of, with its letter, and keeps every count of its batch', async () => {
  const desk = openDesk();
  await diesAtSubmit(desk, 'a', CONTENT);
  await diesAtPoll(desk, 'perhaps', 'task_deadline_passed');
  const purge = (...args: string[]) => deskJson(desk, 'purge', '--yes', ...args);
  expect(await purge('--all')).toMatchObject({ purged: 0, unreported: 1, paid: 1 });
  await reported(desk);
  expect(await purge('--older-than', '30d')).toMatchObject({ purged: 0, paid: 0 });
  await diesAtSubmit(desk, 'not-told-yet', CONTENT);
  expect(await desk.outpaint('dead-letter', 'purge', '--all')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('This would forget 1 row. 1 left: paid for, or perhaps;'),
  });
  expect(await purge('--all')).toMatchObject({ purged: 1, unreported: 1, paid: 1 });

  expect(await keysOf(desk, 'a')).toBe(0);
  expect(await desk.queues.readLetter(letterJobId(idOf('a'), 1))).toBeNull();
  expect(await deskJson(desk, 'list')).toMatchObject({ total: 2, codes: [{ count: 1 }, { count: 1 }] });
  expect(await desk.batches.read(BATCH)).toMatchObject({ rows: 3, expired: 1, counts: { dead_lettered: 3 } });
  expect(await desk.outpaint('dead-letter', 'purge', 'spring/a')).toMatchObject({ code: 2 });

  await reported(desk);
  expect(await purge('--batch', 'spring', '--paid')).toMatchObject({ purged: 2 });
  expect(await deskJson(desk, 'list')).toMatchObject({ total: 0, codes: [] });
  expect(await desk.redis.exists(desk.keys.dead, desk.keys.deadCodes)).toBe(0);
  // Of its lists by batch none is left either, by code or not.
  expect(await desk.redis.keys(`${desk.keys.ended(BATCH, 'dead_lettered')}*`)).toEqual([]);
  expect(await lettersLeft(desk)).toBe(0);
});

it('a redrive keeps to its rate; killed half-way, the same command takes exactly the rest, with no letter left behind', async () => {
  const desk = openDesk();
  const names = await rowsOf(desk, 300);
  const begun = performance.now();
  const program = desk.start('dead-letter', 'redrive', '--code', CONTENT, '--rate', '40/s', '--yes', '--ndjson');
  await waitFor('a hundred rows redriven', async () => ((await desk.dead()) ?? 0) <= 200 || null);
  // The first chunk leaves at once, each next one a second later: a hundred need two pauses.
  expect(performance.now() - begun).toBeGreaterThan(1_900);
  await program.kill('SIGKILL');
  const left = (await desk.dead()) ?? 0;
  expect(left).toBeGreaterThan(0);

  expect(await deskJson(desk, 'redrive', '--code', CONTENT, '--yes')).toMatchObject({ redriven: left, moved: 0 });
  expect((await desk.batches.read(BATCH))?.counts).toMatchObject({ accepted: 300, dead_lettered: 0 });
  expect(await desk.redis.zcard(desk.keys.due)).toBe(300);
  expect(await lettersLeft(desk)).toBe(0);
  expect((await desk.record(names[0] ?? '')).status).toBe('accepted');
});

it('a purge killed half-way goes on with the same command: each row is forgotten once, with its letter', async () => {
  const desk = openDesk();
  await rowsOf(desk, 300);
  await reported(desk);
  const program = desk.start('dead-letter', 'purge', '--all', '--yes');
  await waitFor('some rows forgotten', async () => (await desk.redis.zcard(desk.keys.dead)) < 300 || null, {
    everyMs: 1,
  });
  await program.kill('SIGKILL');
  const left = await desk.redis.zcard(desk.keys.dead);
  expect(await deskJson(desk, 'purge', '--all', '--yes')).toMatchObject({ purged: left });
  expect(await desk.batches.read(BATCH)).toMatchObject({ expired: 300, counts: { dead_lettered: 300 } });
  expect(await desk.redis.exists(desk.keys.dead, desk.keys.deadCodes)).toBe(0);
  expect(await lettersLeft(desk)).toBe(0);
});
