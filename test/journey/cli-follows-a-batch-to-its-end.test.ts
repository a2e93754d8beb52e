// `outpaint run` and `batch watch` beside a real worker: what they say, when they end, and with which exit code.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { expect, it, onTestFinished } from 'vitest';
import { type Program, spawnProgram } from '../support/child.ts';
import { aimedAt, namesOf } from '../support/row-story.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { idOf } from '../support/stores.ts';

const SPRING = 'spring' as BatchName;

const start = ({ env }: Stack, ...args: string[]): Program => spawnProgram('apps/producer/src/main.ts', { env, args });

const outpaint = async (stack: Stack, ...args: string[]) => {
  const program = start(stack, ...args);
  const { code } = await program.exited;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
};

const manifestOf = async ({ sandbox }: Stack, names: readonly string[]): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'outpaint-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'spring.csv');
  await writeFile(
    path,
    ['custom_id,source,x_scale', ...names.map((name) => `${name},${sandbox.pictureUrl(`${name}.jpg`)},2`), ''].join(
      '\n',
    ),
  );
  return path;
};

const NAMES = namesOf('sku', 12);
const REFUSED = { status: 400, kind: 'error', code: 'InvalidParameter.ImageContent', message: 'not this one' } as const;

it('a run follows its batch to the end: summary on stdout, progress on stderr, exit 0, each picture billed once', async () => {
  const stack = await startStack();
  const worker = await stack.startWorker();
  const run = await outpaint(stack, 'run', await manifestOf(stack, NAMES));
  expect(run.code).toBe(0);
  expect(run.stdout).toBe('spring is finished.\n12 of 12 rows delivered, CNY 2.16 spent.\n');
  expect(run.stderr).toMatch(
    /^spring: 12 of 12 done · 0 failed · 0 in doubt · 0 at work · 0 waiting · CNY 2\.16 spent$/m,
  );
  expect(run.stderr).not.toContain('\u001b');
  expect(stack.sandbox.ledger.billed()).toBe(12);

  const again = await outpaint(stack, 'run', await manifestOf(stack, NAMES), '--json');
  expect(JSON.parse(again.stdout)).toMatchObject({
    exit_code: 0,
    ended: 'finished',
    manifest: { accepted: 0, existing: 12 },
  });
  expect(stack.sandbox.ledger.billed()).toBe(12);
  await worker.kill('SIGTERM');
});

it('--ndjson streams what happens, one object a line, and ends with the result', async () => {
  const stack = await startStack();
  const worker = await stack.startWorker();
  const run = await outpaint(stack, 'run', await manifestOf(stack, NAMES), '--ndjson');
  const events = run.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string });
  expect(events[0]).toMatchObject({ event: 'accepted', batch: 'spring', accepted: 12, existing: 0 });
  expect(events[1]).toMatchObject({ event: 'progress', line: 'running', batch: { name: 'spring', rows: 12 } });
  expect(events.at(-1)).toMatchObject({
    event: 'end',
    ended: 'finished',
    exit_code: 0,
    batch: { counts: { delivered: 12 } },
  });
  await worker.kill('SIGTERM');
});

it('some rows dead-lettered is exit 3, and says where to look', async () => {
  const stack = await startStack();
  stack.sandbox.faults.add({ at: 'submit', ...REFUSED, source: aimedAt('sku-3') });
  const worker = await stack.startWorker();
  const run = await outpaint(stack, 'run', await manifestOf(stack, NAMES));
  expect(run.code).toBe(3);
  expect(run.stdout).toContain('11 of 12 rows delivered');
  expect(run.stdout).toContain('1 row dead-lettered: outpaint dead-letter list --batch spring says why.');
  await worker.kill('SIGTERM');
});

it('too many failures is exit 4, and a higher limit lets it go on', async () => {
  const stack = await startStack({ env: { UPSTREAM_SLOTS: '1', UPSTREAM_OVERHANG: '0' } });
  stack.sandbox.faults.add({ at: 'submit', ...REFUSED, times: 2 });
  const worker = await stack.startWorker();
  const path = await manifestOf(stack, NAMES.slice(0, 5));
  const run = await outpaint(stack, 'run', path, '--max-failures', '2');
  expect(run.code).toBe(4);
  expect(run.stdout).toContain('spring is paused: too many rows failed.');
  expect((await outpaint(stack, 'run', path)).code).toBe(4);
  expect((await outpaint(stack, 'run', path, '--max-failures', '5')).code).toBe(3);
  expect((await stack.batch(SPRING)).counts).toMatchObject({ delivered: 3, dead_lettered: 2 });
  await worker.kill('SIGTERM');
});

it('the budget reached is exit 8 with not one picture too many, and a higher one lets it go on', async () => {
  const stack = await startStack();
  const worker = await stack.startWorker();
  const path = await manifestOf(stack, NAMES);
  const run = await outpaint(stack, 'run', path, '--budget', '0.9');
  expect(run.code).toBe(8);
  expect(run.stdout).toContain('one more picture would exceed its budget of CNY 0.90');
  expect(run.stdout).toContain('5 of 12 rows delivered, CNY 0.90 spent.\n7 rows still waiting.');
  expect(stack.sandbox.ledger.billed()).toBe(5);

  expect(await outpaint(stack, 'run', path)).toMatchObject({ code: 8 });
  expect(stack.sandbox.ledger.billed()).toBe(5);

  expect(await outpaint(stack, 'batch', 'resume', 'spring', '--budget', '1.8')).toMatchObject({
    code: 0,
    stdout: 'spring goes on.\n',
  });
  expect(await outpaint(stack, 'batch', 'watch', 'spring')).toMatchObject({ code: 8 });
  expect(await outpaint(stack, 'run', path, '--budget', '100')).toMatchObject({ code: 0 });
  expect(stack.sandbox.ledger.billed()).toBe(12);
  await worker.kill('SIGTERM');
});

it('a run waits for its hour, stops when its time is over with exit 10, and goes on when it is given more', async () => {
  const stack = await startStack({ env: { UPSTREAM_SLOTS: '1', UPSTREAM_OVERHANG: '0' } });
  // Slow enough that the time is over before the rows are.
  const [slow] = stack.sandbox.faults.add({ at: 'submit', kind: 'slow', ms: 500 });
  const worker = await stack.startWorker();
  const path = await manifestOf(stack, NAMES);
  const before = await stack.records.now();
  const waiting = await outpaint(
    stack,
    'run',
    path,
    '--not-before',
    '6h',
    '--max-duration',
    '3s',
    '--priority',
    '3',
    '--detach',
  );
  expect(waiting.code).toBe(0);
  expect(await stack.batch(SPRING)).toMatchObject({ run: 'paused', pausedBy: 'window', weight: 3 });
  expect((await stack.batch(SPRING)).notBefore).toBeGreaterThanOrEqual(before + 6 * 3_600_000);

  // A time that is past begins now.
  const run = await outpaint(stack, 'run', path, '--not-before', '2026-01-01', '--max-duration', '3s');
  expect(run).toMatchObject({ code: 10, stdout: expect.stringContaining('The time of spring is over') });
  const { counts, notAfter = 0 } = await stack.batch(SPRING);
  expect(counts.accepted).toBeGreaterThan(0);
  const licensed = (await stack.records.readMany(NAMES.map((name) => idOf(name)))).flatMap((row) => row?.sentAt ?? []);
  expect(Math.min(...licensed)).toBeGreaterThanOrEqual(notAfter - 3_000);
  expect((await outpaint(stack, 'run', path)).code).toBe(10);

  stack.sandbox.faults.clear(slow === undefined ? [] : [slow]);
  expect((await outpaint(stack, 'run', path, '--max-duration', '1h')).code).toBe(0);
  expect(stack.sandbox.ledger.billed()).toBe(12);
  await worker.kill('SIGTERM');
});

it('an account in arrears is exit 7 with the remedy; paid up, line resume and watch bring it to its end', async () => {
  const stack = await startStack({ env: { LINE_PROBE_MS_MIN: '600000', LINE_PROBE_MS_MAX: '600000' } });
  stack.sandbox.change({
    account: { status: 400, code: 'Arrearage', message: 'Access denied, overdue payment.', queries: false },
  });
  const worker = await stack.startWorker();
  const run = await outpaint(stack, 'run', await manifestOf(stack, NAMES));
  expect(run.code).toBe(7);
  expect(run.stderr).toContain('The line is halted by the account (Arrearage): Access denied, overdue payment.');
  expect(run.stdout).toContain('outpaint line resume');
  const status = await outpaint(stack, 'line', 'status', '--json');
  expect(status.code).toBe(7);
  expect(JSON.parse(status.stdout)).toMatchObject({ state: 'halted', code: 'Arrearage' });

  stack.sandbox.change({ account: 'ok' });
  expect(await outpaint(stack, 'line', 'resume')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('runs again'),
  });
  expect(await outpaint(stack, 'batch', 'watch', 'spring')).toMatchObject({ code: 0 });
  expect(stack.sandbox.ledger.billed()).toBe(12);
  await worker.kill('SIGTERM');
});

it('Ctrl-C lets go with 130 and says the way back, and the work goes on', async () => {
  const stack = await startStack();
  const run = start(stack, 'run', await manifestOf(stack, NAMES));
  await run.waitForLine(/0 of 12 done/);
  expect(await run.kill('SIGINT')).toEqual({ code: 130, signal: null });
  expect(run.stderr()).toContain('Come back with: outpaint batch watch spring');
  expect((await stack.batch(SPRING)).run).toBe('running');
  const worker = await stack.startWorker();
  expect(await outpaint(stack, 'batch', 'watch', 'spring')).toMatchObject({ code: 0 });
  await worker.kill('SIGTERM');
});

it('a second Ctrl-C pauses the batch', async () => {
  const stack = await startStack();
  const run = start(stack, 'run', await manifestOf(stack, NAMES), '--json');
  await run.waitForLine(/0 of 12 done/);
  process.kill(run.pid, 'SIGINT');
  await run.waitForLine(/Ctrl-C again/);
  process.kill(run.pid, 'SIGINT');
  expect(await run.exited).toEqual({ code: 130, signal: null });
  expect(run.stderr()).toContain('outpaint batch resume spring');
  expect(JSON.parse(run.stdout())).toMatchObject({ exit_code: 130, batch: { run: 'paused', paused_by: 'person' } });
  expect((await stack.batch(SPRING)).run).toBe('paused');
});

it('who watches a batch that a person paused is told so, and goes on watching when it goes on', async () => {
  const stack = await startStack();
  await outpaint(stack, 'run', await manifestOf(stack, NAMES), '--detach');
  await outpaint(stack, 'batch', 'pause', 'spring');
  const worker = await stack.startWorker();
  const watch = start(stack, 'batch', 'watch', 'spring');
  await watch.waitForLine(/^spring is paused by a person\. outpaint batch resume spring/);
  expect(await outpaint(stack, 'batch', 'resume', 'spring')).toMatchObject({ code: 0 });
  await watch.waitForLine(/^spring goes on\.$/);
  expect(await watch.exited).toEqual({ code: 0, signal: null });
  await worker.kill('SIGTERM');
});
