// A result that arrives broken: fetched again a bounded number of times, and never made or paid for again.
import type { FaultRuleInput } from '@outpaint/sandbox/upstream/fault-rule';
import { redriveOf } from '@outpaint/shared/lifecycle/redrive';
import { expect, it } from 'vitest';
import { redriveRow } from '../support/redrive-row.ts';
import { aimedAt, expectBooksBalance, handIn, storiesOf, toldOnce } from '../support/row-story.ts';
import { startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';

type ResultFault = Record<string, unknown> & { kind: string };

const ATTEMPTS_MAX = 3;
const BYTES_MAX = 262_144;
const DEADLINE_MS = 700;

/** What is wrong with the file, and the code of the failure. */
const PASSING: readonly (readonly [string, ResultFault, string])[] = [
  ['truncated: shorter than it declared', { kind: 'truncated' }, 'result_truncated'],
  ['short: a JPEG that was cut, its length honest', { kind: 'short' }, 'result_truncated'],
  ['not_image: a page', { kind: 'not_image' }, 'result_not_an_image'],
  ['drip: still dripping at the deadline', { kind: 'drip', bytesPerSecond: 100 }, 'result_unavailable'],
  ['hang: no answer before the deadline', { kind: 'hang' }, 'result_unavailable'],
  ['reset before any byte', { kind: 'reset' }, 'result_unavailable'],
  ['reset half way', { kind: 'reset', afterBytes: 2_000 }, 'result_truncated'],
  ['gzip although not asked for', { kind: 'gzip' }, 'result_unavailable'],
  ['a 503 of the storage', { kind: 'status', status: 503 }, 'result_unavailable'],
];
const LASTING: readonly (readonly [string, ResultFault, string])[] = [
  ['too_large by its own account', { kind: 'too_large', bytes: BYTES_MAX + 1 }, 'result_too_large'],
  ['too_large without saying so', { kind: 'too_large', bytes: BYTES_MAX * 8, chunked: true }, 'result_too_large'],
  ['a redirect to another place', { kind: 'redirect' }, 'result_host_not_allowed'],
];
const once = (i: number): string => `once-${i}`;
const always = (i: number): string => `always-${i}`;
const lasting = (i: number): string => `lasting-${i}`;

const story = toldOnce(async () => {
  const stack = await startStack({
    env: {
      RESULT_BYTES_MAX: String(BYTES_MAX),
      RESULT_DEADLINE_MS: String(DEADLINE_MS),
      TRANSIENT_ATTEMPTS_MAX: String(ATTEMPTS_MAX),
    },
  });
  const add = (fault: ResultFault, name: string, times?: number) =>
    stack.sandbox.faults.add({
      at: 'result',
      ...fault,
      ...(times ? { times } : {}),
      source: aimedAt(name),
    } as FaultRuleInput);
  for (const [i, [, fault]] of PASSING.entries()) {
    add(fault, once(i), 1);
    add(fault, always(i));
  }
  for (const [i, [, fault]] of LASTING.entries()) add(fault, lasting(i));
  const names = [...PASSING.flatMap((_, i) => [once(i), always(i)]), ...LASTING.map((_, i) => lasting(i))];
  const worker = await stack.startWorker();
  await handIn(stack, names);
  await stack.waitUntilFinished(BATCH);
  const batch = await expectBooksBalance(stack);
  expect(batch.counts).toMatchObject({ delivered: PASSING.length, dead_lettered: PASSING.length + LASTING.length });
  // A redirect is not followed, whoever is behind it.
  expect(stack.sandbox.log.count('other')).toBe(0);
  const stories = await storiesOf(stack, names);

  // Whatever was wrong, a redrive starts at the download: the faults are gone, nothing is submitted.
  const submitsBefore = stack.sandbox.ledger.submits();
  stack.sandbox.faults.clear();
  for (const [name, { record }] of stories) if (record.status === 'dead_lettered') await redriveRow(stack, name);
  await stack.waitUntilFinished(BATCH);
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: names.length, dead_lettered: 0 });
  expect(stack.sandbox.ledger.submits()).toBe(submitsBefore);
  await worker.kill('SIGTERM');
  return stories;
});

it.each(PASSING.map((row, i) => [...row, i] as const))(
  '%s, once: fetched again and delivered',
  async (_title, _fault, code, i) => {
    const row = await story(once(i));
    expect(row).toMatchObject({ submits: 1, billed: 1, downloads: 2, letter: null });
    expect(row.record).toMatchObject({ status: 'delivered', attempts: 0, deliverAttempts: 1 });
    expect(row.record.errors).toMatchObject([{ stage: 'deliver', code }]);
  },
);

it.each(PASSING.map((row, i) => [...row, i] as const))(
  '%s, always: a dead letter after TRANSIENT_ATTEMPTS_MAX downloads, and one submit',
  async (_title, _fault, code, i) => {
    const row = await story(always(i));
    expect(row).toMatchObject({ submits: 1, billed: 1, downloads: ATTEMPTS_MAX });
    expect(row.record).toMatchObject({ status: 'dead_lettered', billed: 'yes', deadStage: 'deliver' });
    expect(row.letter).toMatchObject({ stage: 'deliver', code, task_id: row.ledger[0]?.taskId });
    expect(redriveOf(row.record, false, {} as never)).toMatchObject({
      kind: 'redrive',
      from: 'generated',
      paysAgain: false,
    });
  },
);

it.each(LASTING.map((row, i) => [...row, i] as const))(
  '%s: a dead letter after one download',
  async (_title, _fault, code, i) => {
    const row = await story(lasting(i));
    expect(row).toMatchObject({ submits: 1, billed: 1, downloads: 1 });
    expect(row.record).toMatchObject({ status: 'dead_lettered', billed: 'yes' });
    expect(row.letter).toMatchObject({ stage: 'deliver', code, class: 'permanent' });
  },
);
