// What a person is shown of the settings is complete, and holds no secret.
import { expect, test } from 'vitest';
import { settingsOverview } from './setting-view.ts';
import { SETTINGS_PARTS, SETTINGS_TABLE } from './settings-table.ts';

const NEEDED = { DASHSCOPE_API_KEY: 'sk-0123456789', OUTPAINT_BUCKET: 'pictures' };
const overview = (env: Record<string, string> = {}) => settingsOverview({ ...NEEDED, ...env }, SETTINGS_PARTS);
const view = (name: string, env: Record<string, string> = {}) =>
  overview(env).settings.find((setting) => setting.name === name);

test('every setting of the table is shown once, with its unit and its bound', () => {
  const names = Object.values(SETTINGS_TABLE).flatMap((settings) => Object.keys(settings));
  expect(overview().settings.map((setting) => setting.name)).toEqual(names);
  expect(view('POLL_DELAY_MS_MIN', { POLL_DELAY_MS_MIN: ' 4000 ' })).toMatchObject({
    part: 'poll',
    value: '4000',
    unit: 'ms',
    source: 'environment',
    allowed: 'an integer from 10 to 600000',
  });
});

test('a default, an unset and a given value are told apart', () => {
  expect(view('UPSTREAM_SLOTS')).toMatchObject({ value: '5', source: 'default' });
  expect(view('AWS_REGION')).toMatchObject({ value: null, source: 'unset' });
  expect(view('PRICE_PER_IMAGE', { PRICE_PER_IMAGE: '0.20' })).toMatchObject({ value: '0.2', source: 'environment' });
});

test('a secret is shown by its length only, also one that is wrong and one beside a wrong one', () => {
  const env = { REDIS_URL: 'rediss://user:hunter2@redis.example.com', OUTPAINT_NAMESPACE: '{}' };
  expect(view('REDIS_URL', env)).toMatchObject({ value: `set, ${env.REDIS_URL.length} characters`, secret: true });
  expect(view('REDIS_URL')).toMatchObject({ value: 'redis://127.0.0.1:6379', source: 'default' });
  const wrong = overview({ ...env, DASHSCOPE_API_KEY: 'has spaces in it' });
  expect(JSON.stringify(wrong)).not.toMatch(/hunter2|spaces in it|0123456789/);
});

test('a password in an address that is no secret setting is left out', () => {
  expect(view('DASHSCOPE_BASE_URL', { DASHSCOPE_BASE_URL: 'https://me:pw12@example.com/v1' })?.value).toBe(
    'https://…@example.com/v1',
  );
});

test('what is wrong in one part hides no value of another, and the wrong one has no value', () => {
  const { settings, problems } = overview({
    UPSTREAM_SLOTS: 'many',
    TASK_DEADLINE_MS: '86400000',
    TASK_LIFE_MS: '1000',
  });
  expect(problems.map((problem) => problem.field)).toEqual(['UPSTREAM_SLOTS', 'TASK_DEADLINE_MS']);
  const shown = (name: string) => settings.find((setting) => setting.name === name)?.value;
  expect(shown('UPSTREAM_SLOTS')).toBeNull();
  expect(shown('QUERY_RATE_PER_SECOND')).toBe('20');
  expect(shown('FEED_EVERY_MS')).toBe('500');
});

test('a misspelt name is noticed, other programs’ variables are not', () => {
  const { strangers } = overview({
    UPSTREAM_SLOT: '9',
    POLL_DELAY_MIN_MS: '1',
    HOME: '/home/me',
    TASK_ID: 'x',
    QUERY_STRING: 'a',
  });
  expect(strangers).toContainEqual({ name: 'UPSTREAM_SLOT', meant: 'UPSTREAM_SLOTS' });
  expect(strangers).toContainEqual({ name: 'POLL_DELAY_MIN_MS', meant: 'POLL_DELAY_MS_MIN' });
  expect(strangers.map(({ name }) => name)).not.toContain('QUERY_STRING');
});
