// Every documented code has a row, and every row decides.
import { expect, test } from 'vitest';
import { ERROR_CLASSES, ERROR_TABLE, rowOf } from './error-table.ts';
import { OWN_CODES } from './own-codes.ts';

/** The API's documented codes by what its documents say of them; a code that is added there must be decided here. */
const DOCUMENTED = {
  permanent:
    'InvalidParameter InvalidParameter.JsonPhrase InvalidParameter.ImageFormat InvalidParameter.ImageContent InvalidParameter.DataInspection DataInspectionFailed data_inspection_failed IPInfringementSuspect FaqRuleBlocked CustomRoleBlocked InvalidFile.Size InvalidImage.Resolution InvalidImageResolution InvalidImageFormat BadRequest.TooLarge BadRequest.EmptyInput BadRequest.EmptyParameters BadRequest.EmptyModel BadRequest.IllegalInput UnsupportedOperation',
  source:
    'InvalidParameter.FileDownload InvalidURL InvalidURL.ConnectionRefused InvalidURL.Timeout BadRequest.InputDownloadFailed',
  account:
    'InvalidApiKey invalid_api_key Arrearage isv.OUT_OF_SERVICE Contain.Forbidden.Label.Error AccessDenied AccessDenied.Unpurchased Model.AccessDenied App.AccessDenied Workspace.AccessDenied Endpoint.AccessDenied AllocationQuota.FreeTierOnly ModelNotFound WorkSpaceNotFound CommodityNotPurchased PrepaidBillOverdue PostpaidBillOverdue BudgetLimitExceeded',
  throttled:
    'Throttling Throttling.RateQuota LimitRequests limit_requests Throttling.BurstRate limit_burst_rate Throttling.AllocationQuota insufficient_quota ResourceExhausted Throttling.Concurrency Throttling.ServiceOverloaded',
  transient:
    'InternalError InternalError.Algo InternalError.FileUpload InternalError.Upload InternalError.Timeout SystemError ModelServiceFailed RequestTimeOut ResponseTimeout ServiceUnavailable ModelUnavailable Conflict',
} as const;

const documented = Object.entries(DOCUMENTED).flatMap(([errorClass, codes]) =>
  codes.split(' ').map((code) => ({ code, errorClass })),
);

test.each(documented)('$code is $errorClass', ({ code, errorClass }) => {
  expect(rowOf(code)?.class).toBe(errorClass);
});

test('a submit may have created a task only where the service ran out of time', () => {
  const maybe = Object.entries(ERROR_TABLE).filter(([, row]) => row.created === 'maybe');
  expect(maybe.map(([code]) => code).sort()).toEqual(['InternalError.Timeout', 'RequestTimeOut', 'ResponseTimeout']);
});

test.each(Object.entries({ ...ERROR_TABLE, ...OWN_CODES }))(
  '%s has a class, a meaning and a remedy in sentences',
  (_, row) => {
    expect(ERROR_CLASSES).toContain(row.class);
    expect(row.meaning).toMatch(/^[A-Z].*\.$/);
    expect(row.remedy).toMatch(/^\S.*\.$/);
  },
);

test("our own codes are snake_case, so none can be taken for one of the API's", () => {
  for (const code of Object.keys(OWN_CODES)) {
    expect(code).toMatch(/^[a-z][a-z0-9_]+$/);
    expect(rowOf(code)).toBeNull();
  }
});

test('a name that every object has is no code', () => {
  for (const code of ['constructor', '__proto__', 'toString', '', '.', 'constructor.x'])
    expect(rowOf(code), code).toBeNull();
});
