// Claims about what a failing store means for us.
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { storeErrorCode } from './store-error-table.ts';
import { type StoreCall, storeFailure } from './store-failure.ts';

const call: StoreCall = { operation: 'put', bucket: 'pictures', key: 'a/b.jpg', conditional: false };

const s3Error = (name: string, status: number | null, message = name, extra: Record<string, unknown> = {}): Error =>
  Object.assign(new Error(message), {
    name,
    ...(status === null ? {} : { $metadata: { httpStatusCode: status } }),
    ...extra,
  });

test.each([
  ['SlowDown', 503, 'store_unavailable'],
  ['ConditionalRequestConflict', 409, 'store_unavailable'],
  ['RequestTimeout', 400, 'store_unavailable'],
  ['AccessDenied', 403, 'store_refused'],
  ['NoSuchBucket', 404, 'store_refused'],
  ['ExpiredToken', 400, 'store_refused'],
  ['RequestTimeTooSkewed', 403, 'store_refused'],
  ['KeyTooLongError', 400, 'store_rejected_object'],
  ['EntityTooLarge', 400, 'store_rejected_object'],
] as const)('%s is known by its name', (name, status, code) => {
  expect(storeErrorCode(name, status, false)).toBe(code);
});

test.each([
  [null, false, 'store_unavailable'],
  [502, false, 'store_unavailable'],
  [429, false, 'store_unavailable'],
  [403, false, 'store_refused'],
  [301, false, 'store_refused'],
  [400, false, 'store_rejected_object'],
  [413, false, 'store_rejected_object'],
  [400, true, 'store_refused'],
  [403, true, 'store_refused'],
] as const)('an unknown name falls back on status %s (HEAD: %s)', (status, isHead, code) => {
  expect(storeErrorCode('Novelty', status, isHead)).toBe(code);
});

test('a name out of an object prototype is not a known error', () => {
  expect(storeErrorCode('constructor', 503, false)).toBe('store_unavailable');
});

test('the facts say which call failed and how', () => {
  const failure = storeFailure(s3Error('AccessDenied', 403), call);
  expect(failure.code).toBe('store_refused');
  expect(failure.facts).toEqual({
    operation: 'put',
    bucket: 'pictures',
    key: 'a/b.jpg',
    status: 403,
    s3Code: 'AccessDenied',
  });
});

test('a store that does not know the condition is named with the setting that helps', () => {
  const conditional = { ...call, conditional: true };
  const unknown = 'A header you provided implies functionality that is not implemented';
  for (const error of [s3Error('NotImplemented', 501, unknown), s3Error('InvalidArgument', 400, 'bad If-None-Match')]) {
    const failure = storeFailure(error, conditional);
    expect(failure.code).toBe('store_refused');
    expect(failure.message).toContain('S3_CONDITIONAL_PUT=false');
  }
  expect(storeFailure(s3Error('InvalidArgument', 400, 'bad tagging'), conditional).code).toBe('store_rejected_object');
});

test('missing credentials or region are a fault of the installation, not of the network', () => {
  expect(storeFailure(new Error('Region is missing'), call).code).toBe('store_refused');
  expect(storeFailure(s3Error('CredentialsProviderError', null), call).code).toBe('store_refused');
});

test('nothing that S3 echoes about keys and signatures survives', () => {
  const echo = {
    AWSAccessKeyId: 'AKIA-ECHO',
    StringToSign: 'signed-ECHO',
    $response: { headers: 'authorization-ECHO' },
  };
  const failure = storeFailure(s3Error('SignatureDoesNotMatch', 403, 'The signature does not match.', echo), call);
  expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain('ECHO');
});
