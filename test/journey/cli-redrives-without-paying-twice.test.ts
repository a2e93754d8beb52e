// `outpaint dead-letter` and `outpaint expansion show` on rows that died in every way that matters for money.
import { type IntakeLetter, letterJobId } from '@outpaint/shared/contract/dead-letter';
import { createIntakeLetters } from '@outpaint/shared/queue/intake-letters';
import { expect, it } from 'vitest';
import { diesAtDeliver, diesAtPoll, diesAtSubmit, openDesk } from '../support/desk.ts';
import { BATCH, FEED_TERMS, idOf, requestOf } from '../support/stores.ts';

it('the list groups by code with meaning and remedy, newest letters below, malformed intake jobs among them', async () => {
  const desk = openDesk();
  await diesAtSubmit(desk, 'a', 'InvalidParameter.ImageContent');
  await diesAtSubmit(desk, 'b', 'InvalidParameter.ImageContent');
  await diesAtDeliver(desk, 'c', 'result_too_large');
  const intake: IntakeLetter = {
    v: 1,
    expansion_id: null,
    batch: null,
    custom_id: null,
    request: { nonsense: true },
    stage: 'intake',
    code: 'request_invalid',
    class: 'permanent',
    message: 'source is missing.',
    upstream_request_id: null,
    task_id: null,
    attempts: 0,
    errors: [],
    dead_at: Date.now() + 1_000,
    problems: [],
  };
  await createIntakeLetters(desk.redis, desk.keys, desk.queues).write('intake-0123456789abcdef01234567.1', intake);

  const people = await desk.outpaint('dead-letter', 'list');
  expect(people.code).toBe(0);
  expect(people.stdout).toMatch(/^2 × InvalidParameter\.ImageContent\n {4}\S.*\.$/m);
  expect(people.stdout).toMatch(/^1 × result_too_large\n {4}The result is larger than RESULT_BYTES_MAX\. Raise/m);

  const json = JSON.parse((await desk.outpaint('dead-letter', 'list', '--json')).stdout);
  expect(json).toMatchObject({ total: 4, complete: true });
  expect(json.letters.map((letter: { custom_id: string | null }) => letter.custom_id)).toEqual([null, 'c', 'b', 'a']);
  expect(json.codes[0]).toMatchObject({ code: 'InvalidParameter.ImageContent', count: 2, remedy: expect.any(String) });

  const some = JSON.parse(
    (
      await desk.outpaint(
        'dead-letter',
        'list',
        '--code',
        'InvalidParameter.ImageContent',
        '--batch',
        'spring',
        '--limit',
        '1',
        '--json',
      )
    ).stdout,
  );
  expect(some).toMatchObject({ total: 2, letters: [{ custom_id: 'b', stage: 'submit', batch: 'spring' }] });

  const shown = await desk.outpaint('dead-letter', 'show', 'intake-0123456789abcdef01234567.1', '--json');
  expect(JSON.parse(shown.stdout)).toMatchObject({
    expansion_id: null,
    code: 'request_invalid',
    request: { nonsense: true },
  });
});

it('each row goes on from the stage that it reached, with its token in place and its letter gone', async () => {
  const desk = openDesk();
  await diesAtSubmit(desk, 'never-billed', 'InvalidParameter.ImageContent');
  await diesAtPoll(desk, 'perhaps-billed', 'task_deadline_passed');
  await diesAtDeliver(desk, 'paid', 'result_too_large');
  expect(await desk.queues.readLetter(letterJobId(idOf('paid'), 1))).not.toBeNull();

  const redrive = await desk.outpaint('dead-letter', 'redrive', '--all', '--yes');
  expect(redrive.code).toBe(0);
  expect(redrive.stdout).toMatch(/spring\/never-billed {2}goes on at submit, pays for one picture if it succeeds/);
  expect(redrive.stdout).toMatch(/spring\/perhaps-billed {2}goes on at poll, pays nothing/);
  expect(redrive.stdout).toMatch(/spring\/paid {2}goes on at deliver, pays nothing/);
  expect(redrive.stderr).toContain('3 rows redriven.');

  const [never, perhaps, paid] = await Promise.all([
    desk.record('never-billed'),
    desk.record('perhaps-billed'),
    desk.record('paid'),
  ]);
  expect([never.status, perhaps.status, paid.status]).toEqual(['accepted', 'submitted', 'generated']);
  expect(await desk.queues.tokenState('poll', perhaps.id, perhaps.hop)).toBe('waiting');
  // Deliver tokens are ordered by the ends of their links.
  expect(await desk.queues.tokenState('deliver', paid.id, paid.hop)).toBe('prioritized');
  expect((await desk.batches.feed(FEED_TERMS)).map(({ id }) => id)).toEqual([never.id]);
  for (const { id } of [never, perhaps, paid]) expect(await desk.queues.readLetter(letterJobId(id, 1))).toBeNull();
  expect((await desk.batches.read(BATCH))?.counts).toMatchObject({
    dead_lettered: 0,
    accepted: 1,
    submitted: 1,
    generated: 1,
  });
});

it('what was paid for and is lost is listed and left, until --pay-again says otherwise', async () => {
  const desk = openDesk();
  await diesAtDeliver(desk, 'lost', 'result_expired');
  await diesAtSubmit(desk, 'fine', 'InvalidParameter.ImageContent');

  const first = await desk.outpaint('dead-letter', 'redrive', '--batch', 'spring', '--yes');
  expect(first.code).toBe(0);
  expect(first.stdout).toMatch(/spring\/lost {2}left, needs --pay-again: the finished picture was paid for/);
  expect(first.stderr).toContain('1 row redriven.\n1 row left: only --pay-again submits them anew.');
  expect((await desk.record('lost')).status).toBe('dead_lettered');
  expect(await desk.queues.readLetter(letterJobId(idOf('lost'), 1))).not.toBeNull();

  const asked = await desk.outpaint('dead-letter', 'redrive', 'spring/lost', '--pay-again');
  expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining('paid for a second time') });
  expect((await desk.record('lost')).status).toBe('dead_lettered');

  const second = await desk.outpaint('dead-letter', 'redrive', 'spring/lost', '--pay-again', '--yes', '--json');
  expect(JSON.parse(second.stdout)).toMatchObject({
    redriven: 1,
    left: 0,
    rows: [{ custom_id: 'lost', stage: 'submit', pays: 'again' }],
  });
  expect(await desk.record('lost')).toMatchObject({ status: 'accepted', taskId: null, billed: 'no' });
});

it('a selection asks, and does nothing where there is nobody to answer; one id alone is wish enough', async () => {
  const desk = openDesk();
  for (const name of ['a', 'b', 'c']) await diesAtSubmit(desk, name, 'InvalidParameter.ImageContent');
  for (const selection of [['--all'], ['--code', 'InvalidParameter.ImageContent'], ['spring/a', 'spring/b']]) {
    const asked = await desk.outpaint('dead-letter', 'redrive', ...selection);
    expect(asked).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('confirm with --yes') });
  }
  expect(await desk.dead()).toBe(3);
  expect(await desk.outpaint('dead-letter', 'redrive', idOf('a'))).toMatchObject({ code: 0 });
  expect(await desk.dead()).toBe(2);
  for (const wrong of [[], ['--all', '--code', 'x'], ['spring/nobody'], [idOf('a')]]) {
    expect((await desk.outpaint('dead-letter', 'redrive', ...wrong, '--yes')).code).toBe(2);
  }
  expect(await desk.dead()).toBe(2);
});

it('more rows than one chunk are all redriven, though they leave the index on the way', async () => {
  const desk = openDesk();
  for (let i = 0; i < 260; i += 1) await diesAtSubmit(desk, `sku-${i}`, 'InvalidParameter.ImageContent');
  const redrive = await desk.outpaint('dead-letter', 'redrive', '--code', 'InvalidParameter.ImageContent', '--yes');
  expect(redrive.stderr).toContain('260 rows redriven.');
  expect((await desk.batches.read(BATCH))?.counts).toMatchObject({ accepted: 260, dead_lettered: 0 });
});

it('expansion show says where the message is: backlog, queue, retry, letter, taken letter', async () => {
  const desk = openDesk();
  const messageOf = async (name: string): Promise<string> =>
    JSON.parse((await desk.outpaint('expansion', 'show', `spring/${name}`, '--json')).stdout).message.text;
  await diesAtPoll(desk, 'dead', 'task_deadline_passed');
  expect(await messageOf('dead')).toBe(`its letter ${idOf('dead')}.1 is in the dead-letter queue`);
  await desk.queues.removeLetter(letterJobId(idOf('dead'), 1));
  expect(await messageOf('dead')).toBe(`its letter ${idOf('dead')}.1 was taken by somebody`);

  await desk.batches.accept(BATCH, [requestOf('waiting')]);
  expect(await messageOf('waiting')).toBe("none: it stands in its batch's backlog");
  const [fed] = await desk.batches.feed(FEED_TERMS);
  expect(await messageOf('waiting')).toMatch(/^missing from the submit queue; the sweeper looks after it at 20/);
  await desk.queues.addToken('submit', idOf('waiting'), fed?.hop ?? 0, 0);
  expect(await messageOf('waiting')).toBe('in the submit queue, waiting');

  await desk.outpaint('dead-letter', 'redrive', 'spring/dead');
  expect(await messageOf('dead')).toBe('in the poll queue, waiting');
  await diesAtSubmit(desk, 'again', 'InvalidParameter.ImageContent');
  await desk.outpaint('dead-letter', 'redrive', 'spring/again');
  expect(await messageOf('again')).toMatch(/^none: it waits for its retry at 20/);
});

it("expansion show tells the whole history, and never the result's address, which is a bearer token", async () => {
  const desk = openDesk();
  await diesAtDeliver(desk, 'a', 'result_too_large');
  for (const form of [[], ['--json']]) {
    const shown = await desk.outpaint('expansion', 'show', idOf('a'), ...form);
    expect(shown.code).toBe(0);
    for (const event of ['licensed', 'submitted', 'generated', 'dead_lettered', 'task-of-a'])
      expect(shown.stdout).toContain(event);
    expect(shown.stdout).not.toContain('Signature');
  }
});
