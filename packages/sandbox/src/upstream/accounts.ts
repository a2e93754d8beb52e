// Which key belongs to which account, and what each account has used of its quotas.
import { createHash } from 'node:crypto';
import { createRateWindow, type RateWindow } from './rate-window.ts';

export interface Account {
  readonly name: string;
  readonly submits: RateWindow;
  /** Get, list and cancel share one quota. */
  readonly queries: RateWindow;
}

export interface Caller {
  readonly account: Account;
  /** A number that names the key without being it, like the list's `api_key_id`. */
  readonly keyId: string;
}

export interface Accounts {
  /** Null for a key that no account has. */
  callerOf(key: string): Caller | null;
  all(): readonly Account[];
}

/** Keys are `key` or `key@account`; those without an account belong to `main`. */
export function openAccounts(apiKeys: readonly string[]): Accounts {
  const accounts = new Map<string, Account>();
  const callers = new Map<string, Caller>();
  for (const entry of apiKeys) {
    const [key = '', name = 'main'] = entry.split('@');
    const account = accounts.get(name) ?? { name, submits: createRateWindow(), queries: createRateWindow() };
    accounts.set(name, account);
    callers.set(key, { account, keyId: keyIdOf(key) });
  }
  return { callerOf: (key) => callers.get(key) ?? null, all: () => [...accounts.values()] };
}

/** Seven digits from the key's hash: stable over restarts, and the key cannot be read from it. */
export function keyIdOf(key: string): string {
  return String(1_000_000 + (createHash('sha256').update(key).digest().readUInt32BE(0) % 9_000_000));
}
