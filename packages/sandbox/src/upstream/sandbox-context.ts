// What every route of the stand-in works with.
import type { Accounts } from './accounts.ts';
import type { FaultBook } from './fault-book.ts';
import type { Holds } from './holds.ts';
import type { Ledger } from './ledger.ts';
import type { RequestLog } from './request-log.ts';
import type { ResultStore } from './result-store.ts';
import type { RunTimeChange, SandboxOptions } from './sandbox-options.ts';
import type { TaskLife } from './task-life.ts';

export interface SandboxContext {
  readonly options: SandboxOptions;
  /** Epoch milliseconds on the sandbox's clock. */
  readonly now: () => number;
  readonly accounts: Accounts;
  readonly faults: FaultBook;
  readonly holds: Holds;
  readonly ledger: Ledger;
  readonly log: RequestLog;
  readonly tasks: TaskLife;
  readonly results: ResultStore;
  /** Changes options at run time. Throws ZodError, changing nothing, when one is malformed. */
  readonly change: (options: RunTimeChange) => void;
}
