// Money: when an answer to a submit proves that no task was made, and when it does not.
import { expect, test } from 'vitest';
import { createdBy, type SubmitAnswer } from './created-by.ts';

const answer = (over: Partial<SubmitAnswer>): SubmitAnswer => ({
  httpStatus: 400,
  isApiJson: true,
  code: 'InvalidParameter',
  hasTaskId: false,
  ...over,
});
const by = (over: Partial<SubmitAnswer>, submit5xxInDoubt = false) => createdBy(answer(over), { submit5xxInDoubt });

test.each([
  ['a 400 of the API', {}],
  ['a 429', { httpStatus: 429, code: 'Throttling.RateQuota' }],
  ['a 403 that is not JSON', { httpStatus: 403, isApiJson: false, code: null }],
  ['a 500 in the API’s JSON with a known code', { httpStatus: 500, code: 'InternalError.Algo' }],
  ['a 503 in the API’s JSON with a known code', { httpStatus: 503, code: 'ServiceUnavailable' }],
  ['a refused connection', { httpStatus: null, isApiJson: false, code: 'upstream_unreachable' }],
] as const)('%s made no task', (_, over) => {
  expect(by(over)).toBe('no');
});

test.each([
  ['a 500 with an unknown code', { httpStatus: 500, code: 'BrandNew.Code' }],
  ['a 502 that is not JSON', { httpStatus: 502, isApiJson: false, code: null }],
  ['a 500 that names a task', { httpStatus: 500, code: 'InternalError.Algo', hasTaskId: true }],
  ['RequestTimeOut, even with 4xx', { httpStatus: 400, code: 'RequestTimeOut' }],
  ['a gateway that gave up waiting', { httpStatus: 408, isApiJson: false, code: null }],
  ['a 200 without a task id', { httpStatus: 200, code: null }],
  ['a redirect', { httpStatus: 302, isApiJson: false, code: null }],
  ['a timeout', { httpStatus: null, isApiJson: false, code: 'upstream_timeout' }],
  ['a reset', { httpStatus: null, isApiJson: false, code: 'upstream_reset' }],
  ['no answer and a code that nobody knows', { httpStatus: null, isApiJson: false, code: 'EWEIRD' }],
] as const)('%s may have made one', (_, over) => {
  expect(by(over)).toBe('maybe');
});

test('the cautious setting doubts every 5xx, and no 4xx', () => {
  expect(by({ httpStatus: 500, code: 'InternalError.Algo' }, true)).toBe('maybe');
  expect(by({}, true)).toBe('no');
});
