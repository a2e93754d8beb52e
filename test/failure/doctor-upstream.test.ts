// `outpaint doctor` in front of the API: reachable, the key good without paying, clocks, addresses, and settings against each other.
import { startSandbox } from '@outpaint/sandbox/upstream/start-sandbox';
import { expect, inject, it, onTestFinished } from 'vitest';
import { spawnProgram } from '../support/child.ts';
import { deadPort, jsonAnswer, type RawRequest, rawAnswer, startRawServer } from '../support/raw-server.ts';
import { freshBucket } from '../support/s3-server.ts';

interface Check {
  readonly id: string;
  readonly verdict: string;
  readonly says: string;
  readonly remedy: string | null;
}

const diagnose = async (env: Record<string, string>, args: readonly string[] = ['doctor', '--json']) => {
  const port = await deadPort();
  const base = { REDIS_URL: `redis://127.0.0.1:${port}`, OUTPAINT_BUCKET: 'pictures', DASHSCOPE_API_KEY: 'sk-sandbox' };
  const store = {
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
    AWS_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const program = spawnProgram('apps/producer/src/main.ts', { args, env: { ...base, ...store, ...env } });
  const { code } = await program.exited;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
};

const checksOf = async (env: Record<string, string>) => {
  const { code, stdout, stderr } = await diagnose(env);
  const { checks } = JSON.parse(stdout) as { checks: Check[] };
  const of = (id: string): Check => {
    const found = checks.find((check) => check.id === id);
    if (found === undefined) throw new Error(`no check ${id} in ${stdout}`);
    return found;
  };
  return { code, checks, of, output: stdout + stderr };
};

const verdict = (wanted: string, says: RegExp, remedy: RegExp) => ({
  verdict: wanted,
  says: expect.stringMatching(says),
  remedy: expect.stringMatching(remedy),
});

const sandboxed = async (o: Parameters<typeof startSandbox>[0] = {}) => {
  const sandbox = await startSandbox(o);
  onTestFinished(() => sandbox.close());
  return sandbox;
};

const answering = async (answer: (request: RawRequest) => Buffer) => {
  const server = await startRawServer((request, socket) => void socket.write(answer(request)));
  onTestFinished(() => server.close());
  return server;
};

const unknownTask = ({ target }: RawRequest) => ({
  output: { task_id: target.split('/').at(-1), task_status: 'UNKNOWN' },
  request_id: 'r-1',
});

it('everything in place: exit 0, no problem, and nothing was submitted', async () => {
  const sandbox = await sandboxed();
  const bucket = await freshBucket();
  const { code, checks } = await checksOf({
    ...bucket.env,
    DASHSCOPE_BASE_URL: sandbox.baseUrl,
    REDIS_URL: inject('redisUrl'),
    REDIS_DURABILITY_ACCEPTED: 'true',
  });
  expect(checks.filter((check) => check.verdict === 'problem')).toEqual([]);
  expect(code).toBe(0);
  expect(checks.filter((check) => check.id.startsWith('upstream.')).map((check) => check.verdict)).toEqual([
    'ok',
    'ok',
    'ok',
    'ok',
  ]);
  expect(sandbox.ledger.submits()).toBe(0);
});

it('a wrong key is a problem whose remedy is the key, found without paying; the key is not shown', async () => {
  const sandbox = await sandboxed();
  const { code, of, output } = await checksOf({
    DASHSCOPE_BASE_URL: sandbox.baseUrl,
    DASHSCOPE_API_KEY: 'sk-not-the-right-one',
  });
  expect(code).toBe(1);
  expect(of('upstream.reachable').verdict).toBe('ok');
  expect(of('upstream.key')).toMatchObject(verdict('problem', /401 InvalidApiKey/, /DASHSCOPE_API_KEY/));
  expect(sandbox.ledger.submits()).toBe(0);
  expect(output).not.toContain('not-the-right-one');
});

it('an account in arrears is a problem, though the API says it with a 400', async () => {
  const account = { status: 400, code: 'Arrearage', message: 'Access denied.', queries: true };
  const sandbox = await sandboxed({ account });
  const { of } = await checksOf({ DASHSCOPE_BASE_URL: sandbox.baseUrl });
  expect(of('upstream.key')).toMatchObject(verdict('problem', /400 Arrearage/, /bill/));
});

it('a used-up query limit is a warning: somebody else asks with this account', async () => {
  const sandbox = await sandboxed({ queryRate: 0 });
  const { of } = await checksOf({ DASHSCOPE_BASE_URL: sandbox.baseUrl });
  expect(of('upstream.key')).toMatchObject(verdict('warning', /429 Throttling/, /QUERY_RATE_PER_SECOND/));
});

it('nobody there: a problem, and the key is unknown, not bad', async () => {
  const { of } = await checksOf({ DASHSCOPE_BASE_URL: `http://127.0.0.1:${await deadPort()}/api/v1` });
  expect(of('upstream.reachable')).toMatchObject(verdict('problem', /ECONNREFUSED/, /DASHSCOPE_BASE_URL/));
  expect(of('upstream.key').verdict).toBe('unknown');
});

it('something that is not the API is a problem: its address is wrong', async () => {
  const page = await answering(() => rawAnswer(200, { 'content-type': 'text/html' }, '<html>Welcome to nginx!</html>'));
  const { of } = await checksOf({ DASHSCOPE_BASE_URL: `${page.url}/api/v1` });
  expect(of('upstream.reachable')).toMatchObject(verdict('problem', /not the API/, /DASHSCOPE_BASE_URL/));
});

it.each([
  [20_000, 'warning', /2\d s ahead/],
  [-7_200_000, 'problem', /2 h behind/],
])('a clock that is %i ms off is a %s', async (offMs, wanted, says) => {
  const date = () => new Date(Date.now() + offMs).toUTCString();
  const api = await answering((request) => jsonAnswer(200, unknownTask(request), { date: date() }));
  const { of } = await checksOf({ DASHSCOPE_BASE_URL: `${api.url}/api/v1` });
  expect(of('upstream.key').verdict).toBe('ok');
  expect(of('upstream.clock')).toMatchObject(verdict(wanted, says, /NTP/));
});

it('an http address that is not this machine is a problem: the key would travel in clear', async () => {
  const { of, code } = await checksOf({ DASHSCOPE_BASE_URL: 'http://api.invalid/api/v1' });
  expect(of('upstream.address')).toMatchObject(verdict('problem', /in clear/, /https:\/\/api\.invalid\/api\/v1/));
  expect(code).toBe(1);
});

it('wrong settings end with 2, name all of them, and what needs only right ones is checked all the same', async () => {
  const sandbox = await sandboxed();
  const { code, of } = await checksOf({
    DASHSCOPE_BASE_URL: sandbox.baseUrl,
    OUTPAINT_BUCKET: '',
    POLL_DELAY_MS_MIN: '0',
  });
  expect(code).toBe(2);
  expect(of('settings.OUTPAINT_BUCKET').verdict).toBe('problem');
  expect(of('settings.POLL_DELAY_MS_MIN')).toMatchObject(
    verdict('problem', /must be an integer from 10/, /10 to 600000/),
  );
  expect(of('bucket.put')).toMatchObject(verdict('unknown', /settings are wrong/, /Correct/));
  expect(of('upstream.key').verdict).toBe('ok');
});

it('settings that waste slots, polls and money are found together, against a real address', async () => {
  const { of } = await checksOf({
    DASHSCOPE_BASE_URL: 'https://api.invalid/api/v1',
    UPSTREAM_SLOTS: '500',
    SUBMIT_RATE_PER_SECOND: '3',
    DOUBT_SETTLE_MS: '30000',
    TASK_DEADLINE_MS: '60000',
    UNDELIVERED_AGE_MS_MAX: '60000',
    UPSTREAM_REQUEST_TIMEOUT_MS: '4000',
    RESCUE_MARGIN_MS: '4000',
    POLL_DELAY_MS_MAX: '3600000',
    UPSTREAM_SLOT: '4',
  });
  expect(of('settings.submit_rate')).toMatchObject(
    verdict('warning', /documented limit is 2/, /SUBMIT_RATE_PER_SECOND=2/),
  );
  expect(of('settings.slots')).toMatchObject(verdict('warning', /79 of 500 slots/, /UPSTREAM_SLOTS/));
  expect(of('settings.query_rate')).toMatchObject(
    verdict('warning', /168 queries per second/, /POLL_DELAY_MS_MIN to 25100/),
  );
  expect(of('settings.doubt_settle')).toMatchObject(verdict('problem', /paid twice/, /DOUBT_SETTLE_MS=600000/));
  expect(of('settings.task_deadline')).toMatchObject(verdict('warning', /given up/, /14400000/));
  expect(of('settings.undelivered')).toMatchObject(verdict('warning', /stops submitting/, /180000/));
  expect(of('settings.rescue_margin')).toMatchObject(verdict('warning', /taken for dead/, /60000/));
  expect(of('settings.poll_delay')).toMatchObject(verdict('warning', /dead before it is fetched/, /15000/));
  expect(of('settings.UPSTREAM_SLOT')).toMatchObject(verdict('warning', /no setting has this name/, /UPSTREAM_SLOTS/));
});

it('people read verdicts with remedies by part, and a count at the end', async () => {
  const sandbox = await sandboxed();
  const { stdout, stderr } = await diagnose({ DASHSCOPE_BASE_URL: sandbox.baseUrl }, ['doctor']);
  expect(stdout).toMatch(/^Redis\n {2}problem {2}Redis at .*\n\s+→ Check that it runs/m);
  expect(stdout).toMatch(/^The API\n {2}ok/m);
  expect(stdout).toMatch(/\d+ problems · \d+ warnings? · \d+ unknown · \d+ ok\n$/);
  expect(stderr).toBe('');
});
