// The code decides; the message in a few named cases; the HTTP status only for a code that nobody knows.
import { expect, test } from 'vitest';
import { classify, explain } from './classify.ts';

test.each([
  ['Arrearage', 400, 'account'],
  ['PrepaidBillOverdue', 429, 'account'],
  ['InvalidParameter', 500, 'permanent'],
  ['InternalError.Algo', 400, 'transient'],
  ['InternalError.Algo', 200, 'transient'],
  ['Throttling.RateQuota', 200, 'throttled'],
  ['InvalidParameter.FileDownload', null, 'source'],
] as const)('%s with HTTP %s is %s: a known code is never judged by the status', (code, httpStatus, errorClass) => {
  expect(classify({ code, httpStatus })).toEqual({ class: errorClass, known: true });
});

test.each([
  ['Throttling.AllocationQuota', 'Free allocated quota exceeded.', 'account'],
  ['Throttling.AllocationQuota', 'Allocated quota exceeded, please increase your quota limit.', 'throttled'],
  [
    'InvalidParameter.DataInspection',
    'Unable to download the media resource during the data inspection process.',
    'transient',
  ],
  ['InvalidParameter.DataInspection', 'The image size is not supported for the data inspection.', 'permanent'],
  ['AccessDenied', 'current user api does not support synchronous calls.', 'account'],
  ['InternalError.Algo', 'the num of pixel extension is 0', 'permanent'],
  ['NobodyKnowsThis', 'the size of input image is too small or to large', 'permanent'],
] as const)('%s saying "%s" is %s', (code, message, errorClass) => {
  expect(classify({ code, message, httpStatus: 200 }).class).toBe(errorClass);
});

test.each([
  [401, 'account'],
  [403, 'account'],
  [404, 'permanent'],
  [400, 'permanent'],
  [408, 'transient'],
  [418, 'permanent'],
  [429, 'throttled'],
  [500, 'transient'],
  [503, 'transient'],
  [200, 'transient'],
  [null, 'transient'],
] as const)('an unknown code with HTTP %s is %s, and said to be unknown', (httpStatus, errorClass) => {
  expect(classify({ code: 'BrandNew.Code', httpStatus })).toEqual({ class: errorClass, known: false });
});

test('our own codes are classified by the same call', () => {
  expect(classify({ code: 'worker_lost' })).toEqual({ class: 'in_doubt', known: true });
  expect(classify({ code: 'output_key_taken' })).toEqual({ class: 'permanent', known: true });
});

test('a code is explained with what to do, an unknown one too', () => {
  expect(explain('Arrearage').remedy).toContain('bill');
  expect(explain('result_expired').remedy).toContain('--pay-again');
  expect(explain('BrandNew.Code').meaning).toContain('not in our table');
});
