// A worker runs the stages that it is told to, and says at once what is wrong with its arguments or settings.
import { expect, it } from 'vitest';
import { spawnProgram } from '../support/child.ts';
import { deadPort } from '../support/raw-server.ts';
import { expectBooksBalance, handIn, namesOf, rowOf } from '../support/row-story.ts';
import { startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';

const WORKER = 'apps/worker/src/main.ts';

it('--stages poll,deliver finishes what was submitted and submits nothing; --stages submit does the rest of the work', async () => {
  const stack = await startStack();
  const submitting = await stack.startWorker({ args: ['--stages', 'submit'] });
  await stack.accept(
    BATCH,
    namesOf('early', 4).map((name) => rowOf(stack, name)),
  );
  await stack.waitForBatch(BATCH, 'submitted', ({ counts }) => counts.submitted === 4);
  expect(stack.sandbox.log.count('get')).toBe(0);
  await submitting.kill('SIGTERM');

  await handIn(stack, namesOf('late', 4));
  const delivering = await stack.startWorker({ args: ['--stages', 'poll,deliver'] });
  // It had every reason to submit: free slots, rows in the backlog, a running line.
  await stack.waitForBatch(BATCH, 'early rows delivered', ({ counts }) => counts.delivered === 4);
  expect(stack.sandbox.ledger.submits()).toBe(4);
  expect((await stack.batch(BATCH)).counts).toMatchObject({ accepted: 4, delivered: 4 });

  const second = await stack.startWorker({ args: ['--stages', 'submit'] });
  await stack.waitUntilFinished(BATCH);
  expect((await expectBooksBalance(stack)).counts.delivered).toBe(8);
  expect(stack.sandbox.ledger.billed()).toBe(8);
  await Promise.all([delivering.kill('SIGTERM'), second.kill('SIGTERM')]);
});

it.each([
  [['--stages', 'submit,pol'], 'not "submit,pol"'],
  [['--stages', ''], 'not ""'],
  [['--stage', 'poll'], '--stage'],
  [['poll'], 'poll'],
])('arguments %j are refused with exit code 2 and a message that names them', async (args, named) => {
  const worker = spawnProgram(WORKER, { args });
  expect(await worker.exited).toEqual({ code: 2, signal: null });
  expect(worker.stderr()).toContain(named);
  expect(worker.stdout()).toBe('');
});

it('--help prints usage, an example and the exit codes to stdout', async () => {
  const worker = spawnProgram(WORKER, { args: ['--help'] });
  expect(await worker.exited).toEqual({ code: 0, signal: null });
  expect(worker.stdout()).toContain('Usage: worker');
  expect(worker.stdout()).toContain('Example:');
  expect(worker.stdout()).toContain('Exit codes:');
});

it('missing and wrong settings are named all at once, with exit code 2, and no secret is shown', async () => {
  const nothing = spawnProgram(WORKER);
  expect(await nothing.exited).toEqual({ code: 2, signal: null });
  for (const name of ['DASHSCOPE_API_KEY', 'OUTPAINT_BUCKET']) expect(nothing.stderr()).toContain(name);

  const wrong = spawnProgram(WORKER, {
    env: {
      DASHSCOPE_API_KEY: 'sk with spaces',
      OUTPAINT_BUCKET: 'pictures',
      SUBMIT_RATE_PER_SECOND: 'fast',
      POLL_DELAY_MS_MIN: '9000',
      POLL_DELAY_MS_MAX: '1000',
    },
  });
  expect(await wrong.exited).toEqual({ code: 2, signal: null });
  for (const name of ['DASHSCOPE_API_KEY', 'SUBMIT_RATE_PER_SECOND', 'POLL_DELAY_MS_MIN'])
    expect(wrong.stderr()).toContain(name);
  expect(wrong.stderr()).not.toContain('sk with spaces');
});

it('a Redis that nobody can reach ends the worker with exit code 5 and a message that says what to check', async () => {
  const worker = spawnProgram(WORKER, {
    env: {
      DASHSCOPE_API_KEY: 'sk-sandbox',
      OUTPAINT_BUCKET: 'pictures',
      REDIS_URL: `redis://127.0.0.1:${await deadPort()}`,
      LOG_FORMAT: 'json',
    },
  });
  expect(await worker.exited).toEqual({ code: 5, signal: null });
  expect(worker.stderr()).toContain('check REDIS_URL');
});
