// Which result URLs are looked at at all.
import { expect, test } from 'vitest';
import { isHostAllowed, readResultUrl } from './result-url.ts';

test('path and query stay as they were signed', () => {
  const signed = '//a/../b%2fC%20d/?Signature=a%2Bb+c%3D&Expires=1&x=%E4%BD%A0&&y=[1]|2';
  expect(readResultUrl(`https://Bucket.OSS-cn-Shanghai.aliyuncs.com${signed}#part`)).toMatchObject({
    host: 'bucket.oss-cn-shanghai.aliyuncs.com',
    port: 443,
    pathAndQuery: signed,
  });
  expect(readResultUrl('http://h.aliyuncs.com?a=1').pathAndQuery).toBe('/?a=1');
  expect(readResultUrl('http://h.aliyuncs.com').pathAndQuery).toBe('/');
});

test('what is shown holds no query', () => {
  expect(readResultUrl('http://h.aliyuncs.com/a.jpg?Signature=s').shown).toBe('http://h.aliyuncs.com/a.jpg');
});

test.each([
  ['another scheme', 'file:///etc/passwd'],
  ['another scheme', 'ftp://h.aliyuncs.com/a'],
  ['data', 'data:image/png;base64,AAAA'],
  ['a user', 'https://aliyuncs.com@evil.test/a'],
  ['an empty user', 'https://@h.aliyuncs.com/a'],
  ['a backslash', 'https://evil.test\\.aliyuncs.com/a'],
  ['a line break', 'https://h.aliyuncs.com/a\r\nHost: evil.test'],
  ['a tab inside the host', 'https://evil.te\tst/a'],
  ['a space before it', ' https://h.aliyuncs.com/a'],
  ['no authority', 'https:h.aliyuncs.com/a'],
  ['one slash', 'https:/h.aliyuncs.com/a'],
  ['three slashes', 'https:///h.aliyuncs.com/a'],
  ['a bad port', 'https://h.aliyuncs.com:99999/a'],
  ['text', 'h.aliyuncs.com/a'],
  ['nothing', ''],
  ['too much', `https://h.aliyuncs.com/${'a'.repeat(9000)}`],
])('%s is refused', (_what, url) => {
  expect(() => readResultUrl(url)).toThrow(expect.objectContaining({ code: 'result_host_not_allowed' }));
});

test('an address in disguise is seen as that address', () => {
  for (const host of ['0x7f.1', '2130706433', '0177.0.0.1', '127.1']) {
    expect(readResultUrl(`http://${host}/`).host, host).toBe('127.0.0.1');
  }
  expect(readResultUrl('http://[::1]:80/').host).toBe('::1');
});

test('a suffix allows the name and what is below it, nothing that only ends alike', () => {
  const allowed = ['aliyuncs.com', '127.0.0.1'];
  for (const host of ['aliyuncs.com', 'a.aliyuncs.com', 'a.b.aliyuncs.com', '127.0.0.1']) {
    expect(isHostAllowed(host, allowed), host).toBe(true);
  }
  for (const host of ['evilaliyuncs.com', 'aliyuncs.com.evil.test', 'aliyuncs.com.', '127.0.0.2', 'com', '::1']) {
    expect(isHostAllowed(host, allowed), host).toBe(false);
  }
  expect(isHostAllowed('anything.test', [''])).toBe(false);
  expect(isHostAllowed('::1', ['[::1]'])).toBe(true);
});
