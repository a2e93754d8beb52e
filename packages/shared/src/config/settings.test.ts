// Settings are read once, all that is wrong is named at once, and no secret is shown.
import { expect, test } from 'vitest';
import { camelCase } from './camel-case.ts';
import type { Setting } from './setting-kinds.ts';
import { RELATIONS } from './setting-relations.ts';
import { readSettings, settingsMessage, settingsOrThrow } from './settings.ts';
import { SETTINGS_PARTS, SETTINGS_TABLE, type SettingsPart } from './settings-table.ts';

const NEEDED = { DASHSCOPE_API_KEY: 'sk-0123456789', OUTPAINT_BUCKET: 'pictures' };
const read = (env: Record<string, string>, parts: readonly SettingsPart[] = SETTINGS_PARTS) =>
  readSettings({ ...NEEDED, ...env }, parts);
const problemsOf = (env: Record<string, string>, parts?: readonly SettingsPart[]) => {
  const result = read(env, parts);
  return result.ok ? [] : result.problems.map((problem) => problem.field);
};

test("a variable's name in code is its own in camelCase", () => {
  expect(camelCase('SUBMIT_5XX_IN_DOUBT')).toBe('submit5xxInDoubt');
  expect(camelCase('AWS_ENDPOINT_URL_S3')).toBe('awsEndpointUrlS3');
  expect(settingsOrThrow({ POLL_DELAY_MS_MIN: '4000' }, ['poll']).poll.pollDelayMsMin).toBe(4000);
});

test('the defaults are those that the documents promise', () => {
  const settings = settingsOrThrow(NEEDED, SETTINGS_PARTS);
  expect(settings.upstream).toMatchObject({
    dashscopeBaseUrl: 'https://dashscope.aliyuncs.com/api/v1',
    dashscopeKeyDedicated: false,
    submitRatePerSecond: 2,
    queryRatePerSecond: 20,
    upstreamSlots: 5,
    upstreamOverhang: 2,
    upstreamRequestTimeoutMs: 30_000,
    submit5xxInDoubt: false,
    doubtSettleMs: 600_000,
  });
  expect(settings.delivery).toMatchObject({
    resultHostsAllowed: ['aliyuncs.com'],
    resultAddressesAllowed: [],
    resultBytesMax: 16 * 2 ** 20,
  });
  expect(settings.price).toEqual({ pricePerImage: 180_000, priceCurrency: 'CNY' });
  expect(settings.redis).toEqual({
    redisUrl: 'redis://127.0.0.1:6379',
    outpaintNamespace: 'outpaint',
    redisDurabilityAccepted: false,
    redisWaitReplicas: 0,
    redisWaitMs: 1000,
  });
  expect(settings.store.awsEndpointUrlS3).toBeNull();
});

test('only the parts that were asked for are read: polling needs no key', () => {
  const result = readSettings({}, ['poll', 'retry']);
  expect(result.ok && Object.keys(result.settings)).toEqual(['poll', 'retry']);
});

test('every problem is named in one message, each by its variable with the range', () => {
  const result = readSettings(
    { POLL_DELAY_MS_MAX: 'soon', UPSTREAM_SLOTS: '0', LOG_FORMAT: 'xml', S3_CHECKSUMS: 'no' },
    SETTINGS_PARTS,
  );
  if (result.ok) throw new Error('accepted');
  const message = settingsMessage(result.problems);
  expect(result.problems.map((problem) => problem.field).sort()).toEqual(
    [
      'DASHSCOPE_API_KEY',
      'LOG_FORMAT',
      'OUTPAINT_BUCKET',
      'POLL_DELAY_MS_MAX',
      'S3_CHECKSUMS',
      'UPSTREAM_SLOTS',
    ].sort(),
  );
  expect(message).toContain('UPSTREAM_SLOTS must be an integer from 1 to 10000, not "0".');
  expect(message).toContain('LOG_FORMAT must be one of json, pretty, not "xml".');
  expect(() => settingsOrThrow({}, SETTINGS_PARTS)).toThrow(expect.objectContaining({ code: 'settings_invalid' }));
});

test('every number refuses what is just outside its bound, and text', () => {
  let checked = 0;
  for (const part of SETTINGS_PARTS) {
    for (const [name, setting] of Object.entries<Setting>(SETTINGS_TABLE[part])) {
      const bound = /^(an integer|a number) from ([\d.]+) to ([\d.]+)$/.exec(setting.allowed);
      if (bound === null) continue;
      checked += 1;
      const step = bound[1] === 'an integer' ? 1 : 0.001;
      for (const wrong of [
        Number(bound[2]) - step,
        Number(bound[3]) + step,
        'many',
        'NaN',
        'Infinity',
        '1e3',
        '0x10',
      ]) {
        expect(problemsOf({ [name]: String(wrong) }, [part]), `${name}=${wrong}`).toContain(name);
      }
    }
  }
  expect(checked).toBeGreaterThan(30);
});

test('an empty or blank variable counts as unset', () => {
  const result = read({ POLL_DELAY_MS_MIN: '', OUTPAINT_NAMESPACE: '  ' });
  expect(result.ok && result.settings.poll.pollDelayMsMin).toBe(3000);
  expect(result.ok && result.sources.POLL_DELAY_MS_MIN).toBe('default');
  expect(problemsOf({ DASHSCOPE_API_KEY: ' ' }, ['upstream'])).toEqual(['DASHSCOPE_API_KEY']);
});

test('each relation between two settings is checked', () => {
  expect(RELATIONS).toHaveLength(6);
  expect(problemsOf({ POLL_DELAY_MS_MIN: '20000' })).toEqual(['POLL_DELAY_MS_MIN']);
  expect(problemsOf({ RETRY_DELAY_MS_MAX: '1000' })).toEqual(['RETRY_DELAY_MS_MIN']);
  expect(problemsOf({ LINE_PROBE_MS_MIN: '1000000' })).toEqual(['LINE_PROBE_MS_MIN']);
  expect(problemsOf({ DOUBT_SETTLE_MS: '29999' })).toEqual(['UPSTREAM_REQUEST_TIMEOUT_MS']);
  expect(problemsOf({ RESCUE_MARGIN_MS: '29999' })).toEqual(['UPSTREAM_REQUEST_TIMEOUT_MS']);
  expect(problemsOf({ TASK_LIFE_MS: '14399999' })).toEqual(['TASK_DEADLINE_MS']);
  expect(problemsOf({ DOUBT_SETTLE_MS: '30000', TASK_LIFE_MS: '14400000' })).toEqual([]);
});

test('settings and their lists are frozen all the way down', () => {
  const settings = settingsOrThrow(NEEDED, SETTINGS_PARTS);
  for (const value of [settings, settings.delivery, settings.delivery.resultHostsAllowed])
    expect(Object.isFrozen(value)).toBe(true);
});

test('a wrong secret is named and never shown, neither in the message nor in the facts', () => {
  const env = { DASHSCOPE_API_KEY: 'has spaces in it', REDIS_URL: 'http://user:hunter2@host' };
  const result = read(env);
  if (result.ok) throw new Error('accepted');
  expect(result.problems.map((problem) => problem.field).sort()).toEqual(['DASHSCOPE_API_KEY', 'REDIS_URL']);
  const all = settingsMessage(result.problems) + JSON.stringify(result.problems);
  expect(all).not.toMatch(/hunter2|spaces in it/);
});

test('a key prefix loses its last slash, and cannot climb out of the bucket', () => {
  expect(settingsOrThrow({ ...NEEDED, OUTPAINT_KEY_PREFIX: 'shop/2026/' }, ['store']).store.outpaintKeyPrefix).toBe(
    'shop/2026',
  );
  for (const prefix of ['../x', 'a/../b', '/a', 'a//b', 'a b', 'x'.repeat(121)]) {
    expect(problemsOf({ OUTPAINT_KEY_PREFIX: prefix }, ['store']), prefix).toEqual(['OUTPAINT_KEY_PREFIX']);
  }
});

test('lists are split at commas, and a wrong item refuses the whole', () => {
  const settings = settingsOrThrow(
    { RESULT_HOSTS_ALLOWED: ' Aliyuncs.com, 127.0.0.1 ,', RESULT_ADDRESSES_ALLOWED: '127.0.0.0/8,::1/128' },
    ['delivery'],
  );
  expect(settings.delivery.resultHostsAllowed).toEqual(['aliyuncs.com', '127.0.0.1']);
  expect(settings.delivery.resultAddressesAllowed).toEqual(['127.0.0.0/8', '::1/128']);
  expect(problemsOf({ RESULT_HOSTS_ALLOWED: 'https://a.com' }, ['delivery'])).toEqual(['RESULT_HOSTS_ALLOWED']);
  for (const range of ['127.0.0.1', '127.0.0.1/33', '::1/129', 'localhost/8', '10.0.0.0/8/8']) {
    expect(problemsOf({ RESULT_ADDRESSES_ALLOWED: range }, ['delivery']), range).toEqual(['RESULT_ADDRESSES_ALLOWED']);
  }
});
