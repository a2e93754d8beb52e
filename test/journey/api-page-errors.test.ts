// The API page's eight errors, row by row, each in the answer to a submit and in a task that FAILED.
import { expect, it } from 'vitest';
import { aimedAt, expectBooksBalance, handIn, storiesOf, toldOnce } from '../support/row-story.ts';
import { startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';

const PERMANENT = [
  [400, 'InvalidParameter.JsonPhrase', 'input json error'],
  [400, 'InvalidParameter.FileDownload', 'oss download error'],
  [400, 'InvalidParameter.ImageFormat', 'read image error'],
  [400, 'InvalidParameter.ImageContent', 'The image content does not comply with green network verification'],
  [400, 'InvalidParameter', 'the parameters must conform to the specification: x_scale'],
  [400, 'InvalidParameter.DataInspection', 'The image size is not supported for the data inspection.'],
] as const;
const PASSING = [
  [500, 'InternalError.Algo', 'algorithm process error'],
  [500, 'InternalError.FileUpload', 'oss upload error'],
] as const;
const ATTEMPTS_MAX = 3;

const rowName = (code: string, where: string): string => `${code.replaceAll('.', '-').toLowerCase()}-${where}`;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const storyOfRow = toldOnce(async () => {
  const stack = await startStack({ env: { TRANSIENT_ATTEMPTS_MAX: String(ATTEMPTS_MAX) } });
  const names: string[] = ['good'];
  const addRow = (name: string): string => {
    names.push(name);
    return aimedAt(name);
  };
  for (const [status, code, message] of [...PERMANENT, ...PASSING]) {
    const error = { kind: 'error', code, message } as const;
    stack.sandbox.faults.add(
      { at: 'submit', ...error, status, source: addRow(rowName(code, 'submit')) },
      { at: 'task', ...error, source: addRow(rowName(code, 'task')) },
    );
  }
  for (const [status, code, message] of PASSING) {
    const error = { kind: 'error', code, message, times: 1 } as const;
    stack.sandbox.faults.add(
      { at: 'submit', ...error, status, source: addRow(rowName(code, 'submit-once')) },
      { at: 'task', ...error, source: addRow(rowName(code, 'task-once')) },
    );
  }
  const worker = await stack.startWorker();
  await handIn(stack, names);
  await stack.waitUntilFinished(BATCH);
  const batch = await expectBooksBalance(stack);
  expect(batch.counts).toMatchObject({ delivered: 5, dead_lettered: 16 });
  expect((await stack.batches.line()).state).toBe('running');
  await worker.kill('SIGTERM');
  return storiesOf(stack, names);
});

it('a good picture beside all of them is delivered, billed once', async () => {
  expect(await storyOfRow('good')).toMatchObject({ record: { status: 'delivered' }, billed: 1, submits: 1 });
});

it.each(PERMANENT)('%i %s "%s" at submit: dead letter at once, not billed', async (_status, code, message) => {
  const row = await storyOfRow(rowName(code, 'submit'));
  expect(row).toMatchObject({ submits: 1, tasks: 0, billed: 0, record: { status: 'dead_lettered', billed: 'no' } });
  expect(row.letter).toMatchObject({ stage: 'submit', code, message, task_id: null, attempts: 1 });
  expect(row.letter?.upstream_request_id).toBe(row.ledger[0]?.requestId);
  expect(row.events).toEqual(['licensed', 'dead_lettered', 'letter_written']);
});

it.each(PERMANENT)('%i %s "%s" in a FAILED task: dead letter at once, not billed', async (_status, code, message) => {
  const row = await storyOfRow(rowName(code, 'task'));
  expect(row).toMatchObject({ submits: 1, tasks: 1, billed: 0, record: { status: 'dead_lettered', billed: 'no' } });
  expect(row.letter).toMatchObject({ stage: 'poll', code, message, task_id: row.ledger[0]?.taskId, attempts: 1 });
  // Of the answer that said so, which support asks for; not of the submit, which went well.
  expect(row.letter?.upstream_request_id).toMatch(UUID);
  expect(row.letter?.upstream_request_id).not.toBe(row.ledger[0]?.requestId);
  expect(row.events).toEqual(['licensed', 'submitted', 'dead_lettered', 'letter_written']);
});

it.each(PASSING)('%i %s "%s" once at submit: submitted again, delivered, billed once', async (_status, code) => {
  const row = await storyOfRow(rowName(code, 'submit-once'));
  expect(row).toMatchObject({ submits: 2, tasks: 1, billed: 1, letter: null });
  expect(row.record).toMatchObject({ status: 'delivered', attempts: 1, errors: [{ stage: 'submit', code }] });
});

it.each(PASSING)('%i %s "%s" once in a FAILED task: a new task, delivered, billed once', async (_status, code) => {
  const row = await storyOfRow(rowName(code, 'task-once'));
  expect(row).toMatchObject({ submits: 2, tasks: 2, billed: 1, letter: null });
  expect(row.record).toMatchObject({ status: 'delivered', attempts: 1, errors: [{ stage: 'poll', code }] });
});

it.each(PASSING)(
  '%i %s "%s" always at submit: dead letter after TRANSIENT_ATTEMPTS_MAX',
  async (_status, code, message) => {
    const row = await storyOfRow(rowName(code, 'submit'));
    expect(row).toMatchObject({ submits: ATTEMPTS_MAX, tasks: 0, billed: 0 });
    expect(row.letter).toMatchObject({ stage: 'submit', code, message, attempts: ATTEMPTS_MAX });
    expect(row.letter?.upstream_request_id).toBe(row.ledger.at(-1)?.requestId);
    expect(row.letter?.errors.map((error) => error.code)).toEqual([code, code, code]);
  },
);

it.each(PASSING)(
  '%i %s "%s" in every task: dead letter after TRANSIENT_ATTEMPTS_MAX',
  async (_status, code, message) => {
    const row = await storyOfRow(rowName(code, 'task'));
    expect(row).toMatchObject({ submits: ATTEMPTS_MAX, tasks: ATTEMPTS_MAX, billed: 0 });
    expect(row.letter).toMatchObject({ stage: 'poll', code, message, attempts: ATTEMPTS_MAX });
    // Each attempt was another task, and each is named.
    expect(row.letter?.errors.map((error) => error.task_id)).toEqual(row.ledger.map(({ taskId }) => taskId));
  },
);
