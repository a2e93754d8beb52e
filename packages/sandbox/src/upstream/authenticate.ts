// Who is calling, and whether the account may: the checks that come before anything else.
import type { Caller } from './accounts.ts';
import { API_ERRORS, type ApiError } from './api-error.ts';
import type { Call } from './call.ts';

export type Admission =
  | { readonly caller: Caller; readonly error: null }
  | { readonly caller: Caller | null; readonly error: ApiError };

/** The key, then the account's state. */
export function authenticate({ context, request }: Call, kind: 'submit' | 'query'): Admission {
  const header = request.headers.authorization;
  if (header === undefined) return { caller: null, error: API_ERRORS.keyMissing };
  const key = /^Bearer +(\S+)$/.exec(header)?.[1];
  const caller = key === undefined ? null : context.accounts.callerOf(key);
  if (caller === null) return { caller, error: API_ERRORS.keyInvalid };
  const { account } = context.options;
  if (account !== 'ok' && (kind === 'submit' || account.queries === true)) return { caller, error: account };
  return { caller, error: null };
}

/** Key, account and the quota that get, list and cancel share. */
export function admitQuery(call: Call): Admission {
  const admission = authenticate(call, 'query');
  if (admission.error !== null) return admission;
  const { now, options } = call.context;
  return admission.caller.account.queries.admit(now(), options.queryRate)
    ? admission
    : { caller: admission.caller, error: API_ERRORS.rate };
}
