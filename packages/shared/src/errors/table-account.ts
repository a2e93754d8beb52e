// Codes that speak of the account, its money or our settings: no picture is to blame, so the line halts and none is dead-lettered.
import type { ErrorRow } from './error-table.ts';

const PAY = "Settle the account's bill in the console, then: outpaint line resume.";
const GRANT = 'Grant this key access to the model in the console, then: outpaint line resume.';
const KEY = 'Check DASHSCOPE_API_KEY against the region and workspace of DASHSCOPE_BASE_URL, then restart the workers.';

const account = (http: number, meaning: string, remedy: string): ErrorRow => ({
  class: 'account',
  created: 'no',
  http,
  meaning,
  remedy,
});

/** Source: the general error page. That some of these come with 400 or 429 is why the status alone decides nothing. */
export const ACCOUNT_CODES = {
  InvalidApiKey: { ...account(401, 'The API key is not valid here.', KEY), message: 'Invalid API-key provided.' },
  invalid_api_key: account(401, 'The API key is not valid here.', KEY),
  'NOT AUTHORIZED': account(401, 'The key does not belong to this workspace.', KEY),
  Arrearage: {
    ...account(400, 'The account owes money.', PAY),
    message: 'Access denied, please make sure your account is in good standing.',
  },
  'isv.OUT_OF_SERVICE': account(400, 'The service has been stopped for this account.', PAY),
  'Contain.Forbidden.Label.Error': account(400, 'The account carries a label that forbids the call.', GRANT),
  AccessDenied: account(403, 'The account may not make this call.', GRANT),
  'AccessDenied.Unpurchased': account(403, 'The service is not activated for this account.', PAY),
  'Model.AccessDenied': account(403, 'The key may not use this model.', GRANT),
  'App.AccessDenied': account(403, 'The key may not use this application.', GRANT),
  'Workspace.AccessDenied': account(403, 'The key may not use this workspace.', GRANT),
  'Endpoint.AccessDenied': account(403, 'The model is offline or closed to this key.', GRANT),
  'AllocationQuota.FreeTierOnly': account(403, 'The free quota is used up and paid use is switched off.', PAY),
  ModelNotFound: account(
    404,
    'The model does not exist here.',
    'Check DASHSCOPE_BASE_URL: the model is offered in Beijing.',
  ),
  WorkSpaceNotFound: account(404, 'The workspace does not exist.', KEY),
  CommodityNotPurchased: account(429, 'The service has not been bought.', PAY),
  PrepaidBillOverdue: account(429, 'A prepaid bill is overdue.', PAY),
  PostpaidBillOverdue: account(429, 'A postpaid bill is overdue.', PAY),
  BudgetLimitExceeded: account(429, "The account's own spending limit is reached.", PAY),
} as const satisfies Record<string, ErrorRow>;
