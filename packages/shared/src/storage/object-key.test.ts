// Claims about where a picture lies in the bucket.
import { expect, test } from 'vitest';
import { objectKey, parseS3Url } from './object-key.ts';

test('a prefix and a key are joined by exactly one slash', () => {
  expect(objectKey('/a/b/', 'c.jpg')).toBe('a/b/c.jpg');
  expect(objectKey('a', 'b/图 1.jpg')).toBe('a/b/图 1.jpg');
});

test('an empty prefix adds nothing', () => {
  expect(objectKey('', 'c.jpg')).toBe('c.jpg');
  expect(objectKey('/', 'c.jpg')).toBe('c.jpg');
});

test('a key is measured in bytes with its prefix, and refused before it is sent', () => {
  expect(objectKey('p', 'x'.repeat(1022))).toHaveLength(1024);
  expect(() => objectKey('p', 'x'.repeat(1023))).toThrow(expect.objectContaining({ code: 'store_rejected_object' }));
  expect(() => objectKey('', '图'.repeat(342))).toThrow(expect.objectContaining({ code: 'store_rejected_object' }));
  expect(() => objectKey('p', '')).toThrow(expect.objectContaining({ code: 'store_rejected_object' }));
});

test('an s3 address keeps its key as it stands', () => {
  expect(parseS3Url('s3://my.bucket/a/b%20c?d#e.jpg')).toEqual({ bucket: 'my.bucket', key: 'a/b%20c?d#e.jpg' });
});

test.each(['s3://bucket', 's3://bucket/', 's3:///key', 'https://bucket/key'])('%s is no s3 address', (url) => {
  expect(() => parseS3Url(url)).toThrow(expect.objectContaining({ code: 'request_invalid' }));
});
