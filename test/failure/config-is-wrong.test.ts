// Settings that are wrong: all of them in one message, by name and with the range, exit 2 everywhere, and nothing has begun.
import { RELATIONS } from '@outpaint/shared/config/setting-relations';
import { expect, it } from 'vitest';
import { spawnProgram } from '../support/child.ts';
import { deadPort } from '../support/raw-server.ts';

const OUTPAINT = 'apps/producer/src/main.ts';
const WORKER = 'apps/worker/src/main.ts';
const NEEDED = { DASHSCOPE_API_KEY: 'sk-0123456789', OUTPAINT_BUCKET: 'pictures' };

const run = async (file: string, env: Record<string, string>, ...args: string[]) => {
  const program = spawnProgram(file, { env, args });
  const { code } = await program.exited;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
};

const WRONG = {
  REDIS_URL: 'http://user:hunter22@example.com',
  OUTPAINT_NAMESPACE: '{}',
  DASHSCOPE_API_KEY: 'has spaces in it',
  UPSTREAM_SLOTS: '0',
  SUBMIT_RATE_PER_SECOND: 'fast',
  POLL_DELAY_MS_MAX: '99999999',
  S3_CHECKSUMS: 'sometimes',
  RESULT_ADDRESSES_ALLOWED: 'localhost',
  PRICE_PER_IMAGE: '-1',
  LOG_FORMAT: 'xml',
  SWEEP_EVERY_MS: '1.5',
};
const SAID = [
  'REDIS_URL must be an address that begins with redis:// or rediss://.',
  'OUTPAINT_NAMESPACE must be 1 to 64 of A-Z a-z 0-9 . _ -, not "{}".',
  'DASHSCOPE_API_KEY must be 8 to 512 visible characters without spaces.',
  'UPSTREAM_SLOTS must be an integer from 1 to 10000, not "0".',
  'SUBMIT_RATE_PER_SECOND must be a number from 0.01 to 1000, not "fast".',
  'POLL_DELAY_MS_MAX must be an integer from 10 to 3600000, not "99999999".',
  'S3_CHECKSUMS must be one of supported, required, not "sometimes".',
  'RESULT_ADDRESSES_ALLOWED must be address ranges such as 127.0.0.1/32, separated by commas, not "localhost".',
  'PRICE_PER_IMAGE must be an amount such as 0.18, with at most six decimals, not "-1".',
  'LOG_FORMAT must be one of json, pretty, not "xml".',
  'SWEEP_EVERY_MS must be an integer from 10 to 3600000, not "1.5".',
  'OUTPAINT_BUCKET is not set.',
];

it.each([
  ['the worker', WORKER, []],
  ['outpaint config', OUTPAINT, ['config']],
])(
  '%s names every wrong setting in one message, with its range and no secret, and ends with 2',
  async (_title, file, args) => {
    const { code, stdout, stderr } = await run(file, WRONG, ...args);
    expect(code).toBe(2);
    for (const sentence of SAID) expect(stderr).toContain(sentence);
    expect(stderr.match(/The settings are not right/g)).toHaveLength(1);
    expect(stdout + stderr).not.toMatch(/hunter22|has spaces in it/);
  },
);

it('the worker with wrong settings opens no connection: a Redis that is away is not spoken of', async () => {
  const { code, stderr } = await run(WORKER, {
    ...NEEDED,
    REDIS_URL: `redis://127.0.0.1:${await deadPort()}`,
    LOG_LEVEL: 'loud',
  });
  expect(code).toBe(2);
  expect(stderr).toContain('LOG_LEVEL must be one of');
  expect(stderr).not.toMatch(/ECONNREFUSED|Redis does not answer/);
});

/** Each relation is broken while each value is in its own range. */
const BROKEN: Readonly<Record<string, Record<string, string>>> = {
  POLL_DELAY_MS_MIN: { POLL_DELAY_MS_MIN: '20000', POLL_DELAY_MS_MAX: '19999' },
  RETRY_DELAY_MS_MIN: { RETRY_DELAY_MS_MIN: '5000', RETRY_DELAY_MS_MAX: '4999' },
  LINE_PROBE_MS_MIN: { LINE_PROBE_MS_MIN: '60000', LINE_PROBE_MS_MAX: '59999' },
  UPSTREAM_REQUEST_TIMEOUT_MS: {
    UPSTREAM_REQUEST_TIMEOUT_MS: '30000',
    DOUBT_SETTLE_MS: '29999',
    RESCUE_MARGIN_MS: '29998',
  },
  TASK_DEADLINE_MS: { TASK_DEADLINE_MS: '14400000', TASK_LIFE_MS: '14399999' },
};

it('settings that are right alone and wrong together are named with the other one and the reason, all at once', async () => {
  const env = Object.assign({}, NEEDED, ...Object.values(BROKEN)) as Record<string, string>;
  for (const file of [WORKER, OUTPAINT]) {
    const { code, stderr } = await run(file, env, ...(file === OUTPAINT ? ['config'] : []));
    expect(code).toBe(2);
    for (const { less, more, why } of RELATIONS) {
      expect(BROKEN, `${less} has a case here`).toHaveProperty(less);
      expect(stderr).toContain(
        `${less} must be at most ${env[more]}, the value of ${more}, not ${env[less]}. Otherwise ${why}.`,
      );
    }
  }
});

it('outpaint config shows every value with unit and source, masks secrets, and asks nobody', async () => {
  const env = {
    ...NEEDED,
    REDIS_URL: `redis://me:hunter22@127.0.0.1:${await deadPort()}`,
    POLL_DELAY_MS_MIN: '4000',
    UPSTREAM_SLOT: '3',
  };
  const people = await run(OUTPAINT, env, 'config');
  expect(people.code).toBe(0);
  expect(people.stdout).toMatch(/^ {2}POLL_DELAY_MS_MIN +4000 +ms +environment$/m);
  expect(people.stdout).toMatch(/^ {2}UPSTREAM_SLOTS +5 +tasks +default$/m);
  expect(people.stdout).toMatch(/^ {2}AWS_REGION +- +unset$/m);
  expect(people.stdout).toMatch(
    new RegExp(`^ {2}REDIS_URL +set, ${env.REDIS_URL.length} characters +environment$`, 'm'),
  );
  expect(people.stdout).toMatch(/^ {2}DASHSCOPE_API_KEY +set, 13 characters +environment$/m);
  expect(people.stderr).toBe('UPSTREAM_SLOT is set, but no setting has this name. Did you mean UPSTREAM_SLOTS?\n');
  expect(people.stdout + people.stderr).not.toMatch(/hunter22|0123456789/);

  const json = await run(OUTPAINT, env, 'config', '--json');
  const { settings, problems } = JSON.parse(json.stdout) as {
    settings: Record<string, unknown>[];
    problems: unknown[];
  };
  expect(problems).toEqual([]);
  expect(settings).toContainEqual({
    part: 'poll',
    name: 'POLL_DELAY_MS_MIN',
    value: '4000',
    unit: 'ms',
    source: 'environment',
    allowed: 'an integer from 10 to 600000',
    secret: false,
  });
  expect(json.stdout).not.toMatch(/hunter22|0123456789/);
});

it('outpaint config --json gives the problems with their ranges as data', async () => {
  const { code, stdout } = await run(OUTPAINT, { ...NEEDED, UPSTREAM_SLOTS: '0' }, 'config', '--json');
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    problems: [
      { name: 'UPSTREAM_SLOTS', message: expect.stringContaining('not "0"'), allowed: 'an integer from 1 to 10000' },
    ],
  });
});
