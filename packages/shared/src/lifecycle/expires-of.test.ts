// When a signed link ends, read from the link itself.
import { expect, test } from 'vitest';
import { expiresOf } from './expires-of.ts';

const at = Date.parse('2025-01-25T10:37:06Z');

test('an OSS V1 URL says its end in epoch seconds', () => {
  const url = `http://vigen-invi.oss-cn-shanghai.aliyuncs.com/a/result.jpg?OSSAccessKeyId=k&Expires=${at / 1000}&Signature=a%2Bb%3D`;
  expect(expiresOf(url)).toBe(at);
});

test('V4 URLs of OSS and S3 end a number of seconds after they were signed', () => {
  expect(expiresOf('https://h/a?x-oss-date=20250125T093706Z&x-oss-expires=3600&x-oss-signature=s')).toBe(at);
  expect(expiresOf('https://h/a?X-Amz-Expires=3600&X-Amz-Date=20250125T093706Z')).toBe(at);
});

test('a URL that does not say when it ends is not guessed at', () => {
  for (const url of [
    'https://h/a',
    'https://h/a?Expires=',
    'https://h/a?Expires=soon',
    'https://h/a?Expires=-5',
    'https://h/a?x-oss-expires=3600',
    'https://h/a?x-oss-expires=3600&x-oss-date=20251301T999999Z',
    'https://h/a#?Expires=1',
  ]) {
    expect(expiresOf(url), url).toBeNull();
  }
});
