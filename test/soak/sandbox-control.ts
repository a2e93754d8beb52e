// Steers and asks the stand-in, which is a process of its own, by its control address.
import type { FaultRuleInput } from '@outpaint/sandbox/upstream/fault-rule';
import type { LedgerRow } from '@outpaint/sandbox/upstream/ledger';
import type { AccountState, RunTimeChange } from '@outpaint/sandbox/upstream/sandbox-options';

export interface SandboxControl {
  addFaults(rules: readonly FaultRuleInput[]): Promise<void>;
  change(options: RunTimeChange): Promise<void>;
  setAccount(state: AccountState | { status: number; code: string; message: string }): Promise<void>;
  ledger(): Promise<LedgerRow[]>;
  /** Calls by operation and answer. */
  requests(): Promise<Record<string, Record<string, number>>>;
}

const ANSWER_MS_MAX = 60_000;

/** Throws where the stand-in refuses or does not answer. */
export const sandboxControl = (controlUrl: string): SandboxControl => {
  const ask = async <T>(path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${controlUrl}${path}`, {
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
      ...(body === undefined
        ? {}
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  return {
    addFaults: async (rules) => void (await ask('/faults', rules)),
    change: async (options) => void (await ask('/options', options)),
    setAccount: async (state) => void (await ask('/account', state)),
    ledger: async () => (await ask<{ rows: LedgerRow[] }>('/ledger')).rows,
    requests: async () => (await ask<{ requests: Record<string, Record<string, number>> }>('/stats')).requests,
  };
};
