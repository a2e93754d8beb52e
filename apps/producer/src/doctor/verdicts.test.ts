// The verdicts of the doctor, from made-up facts: the edges that no real server of a test can be brought to.
import { settingsOrThrow } from '@outpaint/shared/config/settings';
import type { BucketProbe } from '@outpaint/shared/storage/probe-bucket';
import { describe, expect, it } from 'vitest';
import { known, notKnown } from './check.ts';
import { factWithin } from './fact-within.ts';
import { judgeBucket } from './judge-bucket.ts';
import { CLOCKS, judgeClock } from './judge-clock.ts';
import { judgeRedis, medianOf } from './judge-redis.ts';
import { JUDGED_PARTS, judgeSettings } from './judge-settings.ts';
import { judgeSourceEndpoint } from './judge-source-endpoint.ts';
import { judgeUpstream } from './judge-upstream.ts';
import { isLoopbackHost, isPrivateAddress } from './private-address.ts';
import type { RedisFacts } from './probe-redis.ts';

const INFO = {
  redis_version: '7.2.4',
  aof_enabled: '1',
  aof_last_write_status: 'ok',
  used_memory: '100',
  maxmemory: '1000',
  maxmemory_policy: 'noeviction',
};
const CONFIG = { appendonly: 'yes', appendfsync: 'always', 'maxmemory-policy': 'noeviction' };
const GOOD: RedisFacts = {
  reachable: known(true),
  info: known(INFO),
  config: known(CONFIG),
  pings: known([1, 1, 1]),
  clockOffsetMs: known(0),
  write: known(true),
};
const redis = (facts: Partial<RedisFacts>, id: string) =>
  judgeRedis({ ...GOOD, ...facts }, { host: 'h:1', durabilityAccepted: false, waitReplicas: 0 }).find(
    (check) => check.id === `redis.${id}`,
  );

describe('Redis', () => {
  it.each([
    ['4.0.14', {}, 'problem', 'Redis 4.0.14'],
    ['6.0.16', {}, 'warning', 'Redis 6.0.16'],
    ['6.2.0', {}, 'ok', 'Redis 6.2.0'],
    ['7.2.4', { valkey_version: '8.1.0' }, 'ok', 'Valkey 8.1.0'],
    ['8.10.1', {}, 'ok', 'Redis 8.10.1'],
    ['7.4.0', { dragonfly_version: 'df-1.2' }, 'warning', 'Dragonfly df-1.2'],
    ['', {}, 'unknown', 'does not say'],
  ])('of version %s %j is %s', (version, more, verdict, says) => {
    const check = redis({ info: known({ ...INFO, redis_version: version, ...more }) }, 'version');
    expect(check).toMatchObject({ verdict, says: expect.stringContaining(says) });
  });

  it.each([
    [[1, 2, 900], 'ok'],
    [[9.9, 10.1, 10.2], 'warning'],
    [[300, 300, 1], 'problem'],
  ])('with round trips %j is %s: one outlier decides nothing', (pings, verdict) => {
    expect(redis({ pings: known(pings) }, 'latency')?.verdict).toBe(verdict);
  });

  it('has the median between the two in the middle', () => {
    expect(medianOf([4, 1, 3, 2])).toBe(2.5);
  });

  it.each([
    ['700', '1000', 'ok'],
    ['701', '1000', 'warning'],
  ])('that uses %s of %s is %s', (used_memory, maxmemory, verdict) => {
    expect(redis({ info: known({ ...INFO, used_memory, maxmemory }) }, 'memory')?.verdict).toBe(verdict);
  });

  it('without maxmemory is measured against its machine', () => {
    const info = known({ ...INFO, maxmemory: '0', used_memory: '90', total_system_memory: '100' });
    expect(redis({ info }, 'memory')).toMatchObject({
      verdict: 'warning',
      says: expect.stringContaining('maxmemory is not set'),
    });
  });

  it('whose append-only file cannot be written is a problem, whatever CONFIG says', () => {
    expect(redis({ info: known({ ...INFO, aof_last_write_status: 'err' }) }, 'persistence')?.verdict).toBe('problem');
  });

  it('that tells neither INFO nor CONFIG is unknown, not well', () => {
    const silent = { info: notKnown('NOPERM'), config: notKnown('NOPERM') };
    for (const id of ['version', 'persistence', 'eviction', 'memory'])
      expect(redis(silent, id)?.verdict).toBe('unknown');
  });
});

it.each([
  [4_999, 'ok'],
  [-5_000, 'warning'],
  [60_000, 'problem'],
])('a clock %i ms off is %s', (offset, verdict) => {
  expect(judgeClock(CLOCKS.redis, known(offset)).verdict).toBe(verdict);
});

it.each([
  ['10.1.2.3', true],
  ['172.31.0.1', true],
  ['172.32.0.1', false],
  ['192.168.1.1', true],
  ['100.100.100.200', true],
  ['8.8.8.8', false],
  ['::1', true],
  ['fd00::1', true],
  ['::ffff:10.0.0.1', true],
  ['2001:4860::1', false],
  ['minio', false],
])('the address %s is private: %j', (address, wanted) => {
  expect(isPrivateAddress(address)).toBe(wanted);
});

it.each([
  ['localhost', true],
  ['[::1]', true],
  ['127.8.0.1', true],
  ['127.example.com', false],
  ['localhost.example.com', false],
])('the host %s is loopback: %j', (host, wanted) => {
  expect(isLoopbackHost(host)).toBe(wanted);
});

describe('the endpoint of sources', () => {
  const judge = (host: string | null, addresses = known<readonly string[]>([])) =>
    judgeSourceEndpoint({ host, addresses, upstreamIsLocal: false }).verdict;

  it("is public at AWS' own, and where one address is", () => {
    expect(judge(null)).toBe('ok');
    expect(judge('store.example.com', known(['10.0.0.1', '8.8.8.8']))).toBe('ok');
  });

  it('is a warning where all addresses are private, and unknown where none was found', () => {
    expect(judge('minio', known(['172.18.0.2']))).toBe('warning');
    expect(judgeSourceEndpoint({ host: 'x', addresses: notKnown('ENOTFOUND'), upstreamIsLocal: false }).verdict).toBe(
      'unknown',
    );
  });
});

describe('the bucket', () => {
  const done = <Value>(value: Value) => ({ kind: 'done', value }) as const;
  const probe: BucketProbe = {
    key: 'k',
    headMissing: done('missing'),
    put: done(undefined),
    secondPut: done('refused'),
    head: done({ bytes: 1, keepsMetadata: true }),
    get: done('same'),
    remove: done(undefined),
    clockOffsetMs: 0,
  };
  const check = (changed: Partial<BucketProbe>, id: string) =>
    judgeBucket({ ...probe, ...changed }, { where: 'b', conditionalPut: true }).find(
      (one) => one.id === `bucket.${id}`,
    );

  it('that loses metadata or changes bytes is a problem', () => {
    expect(check({ head: done({ bytes: 1, keepsMetadata: false }) }, 'read')?.says).toContain('without its metadata');
    expect(check({ get: done('other') }, 'read')).toMatchObject({ verdict: 'problem' });
  });

  it('that keeps the probe is only a warning, which names the object', () => {
    const failure = { code: 'store_refused', s3Code: 'AccessDenied', status: 403, message: 'no' } as const;
    expect(check({ remove: { kind: 'failed', failure } }, 'delete')).toMatchObject({
      verdict: 'warning',
      says: expect.stringContaining('k could not'),
    });
  });

  it('whose answer holds control characters cannot paint on the terminal', () => {
    const failure = { code: 'store_refused', s3Code: 'X', status: 400, message: '\u001b[31mred' } as const;
    expect(check({ put: { kind: 'failed', failure } }, 'put')?.says).toContain('\\u001b[31mred');
  });
});

it('a password in the base URL is a problem and is not shown', () => {
  const facts = { baseUrl: 'https://me:pw@example.com/api/v1', answer: notKnown('x'), clockOffsetMs: notKnown('x') };
  const said = JSON.stringify(judgeUpstream(facts));
  expect(judgeUpstream(facts)[0]?.verdict).toBe('problem');
  expect(said).not.toContain('pw');
});

describe('settings against each other', () => {
  const judge = (env: Record<string, string>, memoryBytes = 2 ** 34) =>
    judgeSettings(
      settingsOrThrow({ DASHSCOPE_API_KEY: 'sk-12345678', OUTPAINT_BUCKET: 'pictures', ...env }, JUDGED_PARTS),
      { memoryBytes },
    )
      .filter(({ verdict }) => verdict !== 'ok')
      .map(({ id }) => id.slice('settings.'.length));

  it('are well by default', () => {
    expect(judge({})).toEqual([]);
  });

  it.each([
    [{ SUBMIT_RATE_PER_SECOND: '0.1' }, 'slots'],
    [{ QUERY_RATE_PER_SECOND: '21' }, 'query_rate'],
    [{ UPSTREAM_SLOTS: '50' }, 'undelivered'],
    [{ TASK_LIFE_MS: '14400001' }, 'task_deadline'],
    [{ RESULT_ADDRESSES_ALLOWED: '10.0.0.0/8' }, 'result_hosts'],
    [{ SWEEP_EVERY_MS: '61000' }, 'rescue_margin'],
    [{ SHUTDOWN_TIMEOUT_MS: '29999' }, 'shutdown'],
    [{ DOUBT_SETTLE_MS: '599999' }, 'doubt_settle'],
  ])('%j is found as %s', (env, id) => {
    expect(judge(env)).toEqual([id]);
  });

  it('on a small machine are measured against its memory', () => {
    expect(judge({}, 2 ** 27)).toEqual(['result_memory']);
  });

  it('of a sandbox on this machine need not keep the real account’s limits', () => {
    expect(
      judge({
        DASHSCOPE_BASE_URL: 'http://127.0.0.1:1/api/v1',
        SUBMIT_RATE_PER_SECOND: '50',
        DOUBT_SETTLE_MS: '30000',
        QUERY_RATE_PER_SECOND: '500',
      }),
    ).toEqual([]);
  });
});

it('a question that nobody answers ends in time, and one that throws is a reason', async () => {
  expect(await factWithin(() => new Promise(() => undefined), 1)).toEqual({
    known: false,
    why: 'no answer within 1 ms',
  });
  expect(await factWithin(() => Promise.reject(new Error('a\u001bb')))).toEqual({ known: false, why: 'a\\u001bb' });
});
