// No secret reaches a log line, whatever wrote it and however deep it stood.
import { expect, test } from 'vitest';
import { OutpaintError } from '../errors/outpaint-error.ts';
import { createLogger, type LoggerOptions } from './logger.ts';
import { redactLine } from './logger-redaction.ts';

const logged = (
  write: (logger: ReturnType<typeof createLogger>) => void,
  options: Partial<LoggerOptions> = {},
): string => {
  let text = '';
  const stream = {
    write: (line: string) => {
      text += line;
    },
  };
  write(createLogger({ level: 'debug', format: 'json', stream, ...options }));
  return text;
};

const SECRET = 'sk-ws-0123456789abcdef';

test.each([
  ['a header by name', { headers: { Authorization: SECRET } }],
  ['headers as a list', { rawHeaders: ['authorization', `Bearer ${SECRET}`] }],
  ['a setting by name', { settings: { upstream: { dashscopeApiKey: SECRET } } }],
  ['an AWS secret', { awsSecretAccessKey: SECRET }],
  ['a key in a text', { note: `the key was ${SECRET}.` }],
  ['a token in a text', { note: `Bearer ${SECRET}` }],
  ['a password in an address', { redis: `redis://default:${SECRET}@cache:6379/0` }],
  [
    'the cause of an error',
    { err: new OutpaintError('x', 'y', { facts: { key: SECRET }, cause: new Error(`with ${SECRET}`) }) },
  ],
])('%s is redacted', (_, facts) => {
  const text = logged((logger) => logger.info(facts, `about ${SECRET}`));
  expect(text).not.toContain(SECRET);
  expect(text).toContain('[redacted]');
  expect(() => JSON.parse(text)).not.toThrow();
});

test.each([
  'https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIAX%2F2026&X-Amz-Signature=deadbeef&X-Amz-Security-Token=tokentoken',
  'https://v.oss-cn-shanghai.aliyuncs.com/r.jpg?Expires=1700000000&OSSAccessKeyId=LTAIX&Signature=dead%2Fbeef%3D',
])('the signing part of a presigned URL is redacted, its path and expiry stay: %s', (url) => {
  const text = logged((logger) => logger.info({ url }));
  expect(text).not.toMatch(/deadbeef|dead%2F|AKIAX|LTAIX|tokentoken/);
  expect(text).toContain(new URL(url).pathname);
});

test('a literal secret is redacted wherever it stands, also where JSON escapes it', () => {
  const text = logged((logger) => logger.warn({ a: ['x', 'pass"word\\1'] }, 'pass"word\\1'), {
    secrets: ['pass"word\\1'],
  });
  expect(text).not.toContain('word');
});

test('bindings of a child logger and pretty lines are redacted too', () => {
  const write = (logger: ReturnType<typeof createLogger>) => logger.child({ apiKey: SECRET }).error(new Error(SECRET));
  expect(logged(write)).not.toContain(SECRET);
});

test('what is no secret stays as it is', () => {
  const line = '{"level":30,"task_id":"86ecf553-d340-4e21-af6e-a0c6a421c010","custom_id":"sk-1","keys":3}\n';
  expect(redactLine(line)).toBe(line);
});

test('a line beyond all measure is left out and said to be', () => {
  const text = logged((logger) => logger.info({ body: 'x'.repeat(100_000) }));
  expect(text.length).toBeLessThan(200);
  expect(JSON.parse(text).msg).toMatch(/left out/);
});
