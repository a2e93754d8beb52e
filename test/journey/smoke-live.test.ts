// `outpaint smoke-live` against a sandbox whose traits are known: its answers are those traits, and it never overspends.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SandboxOptions } from '@outpaint/sandbox/upstream/sandbox-options';
import { type Sandbox, startSandbox } from '@outpaint/sandbox/upstream/start-sandbox';
import { openTrialClient } from '@outpaint/sandbox/upstream/trial-client';
import { expect, it, onTestFinished } from 'vitest';
import { spawnProgram } from '../support/child.ts';
import { deadPort } from '../support/raw-server.ts';

const KEY = 'sk-sandbox-of-smoke-live';

interface Answer {
  readonly id: string;
  readonly certainty: string;
  readonly answer: string;
  readonly facts: Record<string, unknown>;
}
interface Report {
  readonly answers: Answer[];
  readonly spend: { allowed: number; counted: number; succeeded: number };
  readonly stopped: { reason: string; code: string | null } | null;
  readonly tasks: { task_id: string; purpose: string; status: string | null }[];
  readonly exchanges: { purpose: string }[];
  readonly pictures: string[];
}

const sandboxed = async (o: Partial<SandboxOptions> = {}): Promise<Sandbox> => {
  // Slow enough that five tasks overlap when they are submitted at two a second.
  const sandbox = await startSandbox({
    apiKeys: [KEY],
    serviceMsMedian: 3_500,
    serviceSigma: 0,
    queryRate: 1_000,
    ...o,
  });
  onTestFinished(() => sandbox.close());
  return sandbox;
};

const folderOf = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'outpaint-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
};

const smokeLive = async (env: Record<string, string>, args: readonly string[]) => {
  const settings = {
    DASHSCOPE_API_KEY: KEY,
    POLL_DELAY_MS_MIN: '100',
    QUERY_RATE_PER_SECOND: '500',
    RESULT_HOSTS_ALLOWED: '127.0.0.1',
  };
  const program = spawnProgram('apps/producer/src/main.ts', {
    env: { ...settings, ...env },
    args: ['smoke-live', ...args],
  });
  const { code } = await program.exited;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
};

const trialOf = async (sandbox: Sandbox, pictures: number, env: Record<string, string> = {}) => {
  const folder = await folderOf();
  const out = join(folder, 'report.json');
  const source = sandbox.pictureUrl('a.jpg', { w: 640, h: 512 });
  const run = await smokeLive({ DASHSCOPE_BASE_URL: sandbox.baseUrl, ...env }, [
    '--yes-spend',
    String(pictures),
    '--source',
    source,
    '--out',
    out,
  ]);
  const text = await readFile(out, 'utf8');
  const report = JSON.parse(text) as Report;
  const of = (id: string): Answer => {
    const found = report.answers.find((answer) => answer.id === id);
    if (found === undefined) throw new Error(`no answer ${id}`);
    return found;
  };
  return { ...run, text, report, of, folder };
};

it('with two slots, a short page and addresses that are not signed anew, it says just that; a waiting task is cancelled', async () => {
  const sandbox = await sandboxed({ slots: 2, pageSizeMax: 20, resultTtlMs: 5_400_000, resign: false, listLagMs: 800 });
  const { code, of, report, text, stdout, folder } = await trialOf(sandbox, 5);
  expect(code).toBe(0);
  expect(of('concurrency')).toMatchObject({ certainty: 'observed', facts: { slots: 2, pictures: 5 } });
  expect(of('statuses')).toMatchObject({
    certainty: 'lower_bound',
    answer: expect.stringMatching(/PENDING → RUNNING → SUCCEEDED.*SUSPENDED was not seen/),
  });
  expect(of('base64')).toMatchObject({ certainty: 'observed', answer: expect.stringMatching(/^No: .*InvalidURL/) });
  expect(sandbox.ledger.runningPeak).toBe(2);
  expect(of('cancel')).toMatchObject({ certainty: 'observed', answer: expect.stringContaining('Yes') });
  expect(of('zero_extension')).toMatchObject({ certainty: 'observed', facts: { status: 'FAILED', image_count: null } });
  expect(of('list_page_size')).toMatchObject({
    certainty: 'observed',
    facts: { asked_10: 10, asked_50: 20, asked_100: 20 },
  });
  expect(of('list_request_id')).toMatchObject({ facts: { isSame: true } });
  expect(of('list_timezone')).toMatchObject({ certainty: 'observed', facts: { zone: 'UTC+8' } });
  expect(Number(of('list_delay').facts.after_ms)).toBeGreaterThanOrEqual(700);
  expect(of('times_timezone')).toMatchObject({ certainty: 'observed', answer: 'UTC+8.' });
  const lifetime = Number(of('result_expires').facts.lifetime_seconds);
  expect(lifetime).toBeGreaterThan(5_390);
  expect(lifetime).toBeLessThan(5_410);
  expect(of('result_resign')).toMatchObject({ certainty: 'observed', facts: { resigns: false } });
  expect(of('result_head')).toMatchObject({ certainty: 'observed', facts: { status: 403 } });
  expect(of('result_headers')).toMatchObject({ certainty: 'observed', facts: { etag_is_md5: true } });
  expect(of('limit_image_size')).toMatchObject({ certainty: 'observed' });
  for (const id of ['watermark', 'retry_after', 'size_code', 'url_charset', 'inspection_billing'])
    expect(of(id).certainty).toBe('not_settled');
  expect(of('key_shape').answer).toBe(`begins with sk-, ${KEY.length} characters.`);

  // The free ones are not paid, the pictures are, and no second was faster than the account allows.
  expect(report.spend).toEqual({ allowed: 5, counted: 5, succeeded: 5 });
  expect(sandbox.ledger.billed()).toBe(5);
  expect(sandbox.log.peaks.submit).toBeLessThanOrEqual(2);
  expect(report.pictures).toHaveLength(5);
  expect(await readdir(folder)).toHaveLength(6);

  await expectNoSecret(sandbox, text + stdout);
});

/** The key, every signature that was given out, and the account's id. */
const expectNoSecret = async (sandbox: Sandbox, text: string): Promise<void> => {
  const client = openTrialClient(sandbox, KEY);
  for (const { taskId, keyId } of sandbox.ledger.rows()) {
    expect(text).not.toContain(`"${keyId}"`);
    if (taskId === null) continue;
    const { body } = await client.get(taskId);
    const address = body.output?.output_image_url;
    if (typeof address !== 'string') continue;
    const signature = /Signature=([^&]+)/.exec(address)?.[1] ?? '';
    expect(signature.length).toBeGreaterThan(10);
    expect(text).not.toContain(signature);
    expect(text).not.toContain(decodeURIComponent(signature));
  }
  expect(text).not.toContain(KEY);
  expect(text).not.toMatch(/LTAI|Bearer s/);
};

it('with five slots five pictures are enough to tell them from ten: a free sixth request waits for one of them', async () => {
  const sandbox = await sandboxed({ slots: 5, serviceMsMedian: 6_000 });
  const { code, of, report } = await trialOf(sandbox, 5);
  expect(code).toBe(0);
  expect(of('concurrency')).toMatchObject({ certainty: 'observed', facts: { slots: 5, pictures: 5 } });
  expect(sandbox.ledger.billed()).toBe(5);
  expect(report.spend).toEqual({ allowed: 5, counted: 5, succeeded: 5 });
});

it('a request beyond the purse is sent only after the same was seen to fail unbilled', async () => {
  const sandbox = await sandboxed({ serviceMsMedian: 50 });
  // It ends, and nobody says that it cost nothing.
  const body = { output: { task_status: 'FAILED', code: 'X' }, usage: { image_count: 1 } };
  sandbox.faults.add({ at: 'query', kind: 'json', body, skip: 1, times: 1 });
  const { report } = await trialOf(sandbox, 2);
  expect(report.tasks.map(({ purpose }) => purpose)).toEqual(['zero_extension', 'picture', 'picture']);
});

it('SUSPENDED, should a task ever be so, is an answer', async () => {
  const sandbox = await sandboxed({ serviceMsMedian: 50 });
  sandbox.faults.add({ at: 'task', kind: 'suspended', ms: 1_500, skip: 1 });
  const { of } = await trialOf(sandbox, 1);
  expect(of('statuses')).toMatchObject({ certainty: 'observed', answer: expect.stringMatching(/^SUSPENDED was seen/) });
});

it('asking too fast for a moment shows whether a 429 says how long to wait, and leaves one of those answers as evidence', async () => {
  const sandbox = await sandboxed({ serviceMsMedian: 50, queryRate: 20 });
  const { code, of, report } = await trialOf(sandbox, 1, { QUERY_RATE_PER_SECOND: '20' });
  expect(code).toBe(0);
  expect(of('retry_after')).toMatchObject({ certainty: 'observed', answer: expect.stringMatching(/^No: \d+ answers/) });
  const kept = report.exchanges.filter(({ purpose }) => purpose === 'retry_after');
  expect(kept.length).toBeGreaterThan(0);
});

it('an API that answers 404 about an unknown task is not taken for one that is away', async () => {
  const sandbox = await sandboxed({ serviceMsMedian: 50 });
  sandbox.faults.add({ at: 'query', status: 404, code: 'InvalidParameter', times: 1 });
  const { code, of, report } = await trialOf(sandbox, 1);
  expect(code).toBe(0);
  expect(of('unknown_task').answer).toMatch(/^HTTP 404 InvalidParameter/);
  expect(report.spend.succeeded).toBe(1);
});

it('with more slots than pictures it claims no more than it saw, and a fresh signature is noticed', async () => {
  const sandbox = await sandboxed({ slots: 10, pageSizeMax: 500, resultTtlMs: 86_400_000, resign: true });
  const { code, of, report } = await trialOf(sandbox, 3);
  expect(code).toBe(0);
  // Three pictures and the free request.
  expect(of('concurrency')).toMatchObject({ certainty: 'lower_bound', facts: { slots_at_least: 4, waited: 0 } });
  expect(of('list_page_size')).toMatchObject({ certainty: 'lower_bound', answer: '100 at least.' });
  expect(of('result_resign')).toMatchObject({ certainty: 'observed', facts: { resigns: true } });
  expect(Number(of('result_expires').facts.lifetime_seconds)).toBeGreaterThan(86_300);
  expect(of('cancel').certainty).toBe('not_settled');
  expect(report.spend.counted).toBe(3);
  expect(sandbox.ledger.billed()).toBe(3);
});

it('a lost answer counts as paid and stops the run: nothing is submitted after it', async () => {
  const sandbox = await sandboxed({ serviceMsMedian: 50 });
  sandbox.faults.add({ at: 'submit', kind: 'reset_after', skip: 2, times: 1 });
  const { code, report, stderr, stdout } = await trialOf(sandbox, 5);
  expect(code).toBe(6);
  expect(report.stopped).toMatchObject({ reason: 'in_doubt' });
  // The two free ones, one picture, and the one whose answer was lost.
  expect(sandbox.ledger.submits()).toBe(4);
  expect(report.spend).toEqual({ allowed: 5, counted: 2, succeeded: 1 });
  expect(sandbox.ledger.billed()).toBe(2);
  expect(stdout + stderr).toContain('it counts as paid');
});

it('with one picture allowed one is paid for: the request that extends nothing failed and gave its money back', async () => {
  const sandbox = await sandboxed({ serviceMsMedian: 50 });
  const { report } = await trialOf(sandbox, 1);
  expect(sandbox.ledger.tasks()).toBe(2);
  expect(report.spend).toEqual({ allowed: 1, counted: 1, succeeded: 1 });
  expect(sandbox.ledger.billed()).toBe(1);
});

it('should a request that extends nothing succeed after all, it is the one that was allowed, and nothing follows it', async () => {
  const sandbox = await sandboxed({ serviceMsMedian: 50 });
  // The first query is about no task; the second is the first look at this one.
  const body = { output: { task_status: 'SUCCEEDED' }, usage: { image_count: 1 } };
  sandbox.faults.add({ at: 'query', kind: 'json', body, skip: 1 });
  const { of, report } = await trialOf(sandbox, 1);
  expect(of('zero_extension')).toMatchObject({ facts: { status: 'SUCCEEDED', image_count: 1 } });
  expect(report.spend).toEqual({ allowed: 1, counted: 1, succeeded: 1 });
  expect(sandbox.ledger.submits()).toBe(1);
});

it('a request that extends nothing may be refused at once: that is its answer, and the run goes on', async () => {
  const sandbox = await sandboxed({ serviceMsMedian: 50 });
  sandbox.faults.add({ at: 'submit', kind: 'error', status: 400, code: 'InvalidParameter', times: 1 });
  const { code, of, report } = await trialOf(sandbox, 1);
  expect(code).toBe(0);
  expect(of('zero_extension')).toMatchObject({
    certainty: 'observed',
    facts: { http_status: 400, code: 'InvalidParameter' },
  });
  expect(report.spend).toEqual({ allowed: 1, counted: 1, succeeded: 1 });
});

it('a submit that is throttled ends the submitting, gives its money back and is an answer', async () => {
  const sandbox = await sandboxed({ serviceMsMedian: 2_000 });
  sandbox.faults.add({ at: 'submit', kind: 'error', status: 429, code: 'Throttling.RateQuota', skip: 3 });
  const { code, of, report } = await trialOf(sandbox, 5);
  expect(code).toBe(0);
  expect(of('concurrency')).toMatchObject({
    certainty: 'observed',
    answer: expect.stringContaining('429 Throttling.RateQuota'),
  });
  expect(of('retry_after')).toMatchObject({ certainty: 'observed', answer: expect.stringMatching(/^No/) });
  expect(report.spend.counted).toBe(2);
  expect(sandbox.ledger.billed()).toBe(2);
});

it('a wrong key ends with 7 before anything is submitted', async () => {
  const sandbox = await sandboxed();
  const { code, report, text } = await trialOf(sandbox, 2, { DASHSCOPE_API_KEY: 'sk-not-the-right-one' });
  expect(code).toBe(7);
  expect(report.stopped).toMatchObject({ reason: 'account', code: 'InvalidApiKey' });
  expect(sandbox.ledger.submits()).toBe(0);
  expect(text).not.toContain('not-the-right-one');
});

it('Ctrl-C submits no more, and leaves a report of what was seen', async () => {
  const sandbox = await sandboxed({ serviceMsMedian: 60_000 });
  const out = join(await folderOf(), 'report.json');
  const program = spawnProgram('apps/producer/src/main.ts', {
    env: { DASHSCOPE_API_KEY: KEY, DASHSCOPE_BASE_URL: sandbox.baseUrl, RESULT_HOSTS_ALLOWED: '127.0.0.1' },
    args: ['smoke-live', '--yes-spend', '3', '--source', sandbox.pictureUrl('a.jpg'), '--out', out],
  });
  await program.waitForLine(/a request that extends nothing/);
  expect(await program.kill('SIGINT')).toMatchObject({ code: 130 });
  const report = JSON.parse(await readFile(out, 'utf8')) as Report;
  expect(report.stopped?.reason).toBe('interrupted');
  expect(sandbox.ledger.submits()).toBeLessThanOrEqual(1);
});

it.each([
  ['no consent', [], {}, /0\.18 each.*--yes-spend 1 to 5 \(CNY 0\.90\)/],
  ['six pictures', ['--yes-spend', '6', '--source', 'https://cdn.example.com/1.jpg'], {}, /1 to 5/],
  ['no source', ['--yes-spend', '1'], {}, /public picture with --source/],
  ['a source that is no address', ['--yes-spend', '1', '--source', 's3://b/k'], {}, /http or https/],
  [
    'a source in a private network',
    ['--yes-spend', '1', '--source', 'http://10.0.0.1/1.jpg'],
    { DASHSCOPE_BASE_URL: 'https://api.invalid/api/v1' },
    /cannot fetch 10\.0\.0\.1/,
  ],
  [
    'a dedicated key',
    ['--yes-spend', '1', '--source', 'http://127.0.0.1/1.jpg'],
    { DASHSCOPE_KEY_DEDICATED: 'true' },
    /DASHSCOPE_KEY_DEDICATED/,
  ],
])('%s: exit 2, and nothing is sent', async (_title, args, env, said) => {
  const { code, stdout, stderr } = await smokeLive(
    { DASHSCOPE_BASE_URL: `http://127.0.0.1:${await deadPort()}/api/v1`, ...env },
    args,
  );
  expect(code).toBe(2);
  expect(stderr).toMatch(said);
  expect(stdout).toBe('');
});

it('a report is never written over: the run is refused before anything is sent', async () => {
  const sandbox = await sandboxed();
  const out = join(await folderOf(), 'report.json');
  await writeFile(out, 'of another run');
  const args = ['--yes-spend', '1', '--source', sandbox.pictureUrl('a.jpg'), '--out', out];
  const { code, stderr } = await smokeLive({ DASHSCOPE_BASE_URL: sandbox.baseUrl }, args);
  expect(code).toBe(2);
  expect(stderr).toContain('exists already');
  expect(await readFile(out, 'utf8')).toBe('of another run');
  expect(sandbox.ledger.submits()).toBe(0);
});
