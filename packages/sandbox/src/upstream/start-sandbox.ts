// Starts the stand-in for DashScope's image-out-painting on a real socket.
import { openAccounts } from './accounts.ts';
import { registerCancelRoute } from './cancel-route.ts';
import { registerControlRoutes } from './control-routes.ts';
import { createServer } from './create-server.ts';
import { type FaultBook, openFaultBook } from './fault-book.ts';
import { type Holds, openHolds } from './holds.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { registerListRoute } from './list-route.ts';
import { registerPictureRoute } from './picture-route.ts';
import { registerQueryRoute } from './query-route.ts';
import { openRequestLog, type RequestLog } from './request-log.ts';
import { registerResultRoute } from './result-route.ts';
import { openResultStore } from './result-store.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { RunTimeChange, SANDBOX_DEFAULTS, type SandboxOptions } from './sandbox-options.ts';
import { registerSubmitRoute } from './submit-route.ts';
import { openTaskLife } from './task-life.ts';
import { createTaskWork } from './task-work.ts';

export interface Sandbox {
  /** What DASHSCOPE_BASE_URL is set to. */
  readonly baseUrl: string;
  readonly controlUrl: string;
  /** As they are now; change them with `change`. */
  readonly options: Readonly<SandboxOptions>;
  readonly faults: FaultBook;
  readonly holds: Holds;
  readonly ledger: Ledger;
  readonly log: RequestLog;
  change(options: RunTimeChange): void;
  /** The address of a drawn picture, for a test's `source`. */
  pictureUrl(file: string, size?: { readonly w: number; readonly h: number }): string;
  /** Cuts all connections and forgets everything. Safe to repeat. */
  close(): Promise<void>;
}

/** Listening when it resolves. Options that are left out are documented in sandbox-options.ts. */
export async function startSandbox(given: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const options: SandboxOptions = { ...SANDBOX_DEFAULTS, ...given };
  const now = () => options.now() + options.clockAheadMs;
  let origin = '';
  const faults = openFaultBook(() => options.seed);
  const ledger = openLedger();
  const results = openResultStore({ now, ttlMs: () => options.resultTtlMs, origin: () => origin });
  const tasks = openTaskLife({ options, now, faults, ledger, results, work: createTaskWork(options) });
  const change = (changed: RunTimeChange) => {
    Object.assign(options, RunTimeChange.parse(changed));
    tasks.wake();
  };
  const holds = openHolds();
  const log = openRequestLog();
  const accounts = openAccounts(options.apiKeys);
  const context: SandboxContext = { options, now, accounts, faults, holds, ledger, log, tasks, results, change };

  const app = createServer(context);
  registerSubmitRoute(app, context);
  registerQueryRoute(app, context);
  registerListRoute(app, context);
  registerCancelRoute(app, context);
  registerResultRoute(app, context);
  registerControlRoutes(app, context);
  registerPictureRoute(app);
  origin = await app.listen({ port: options.port, host: options.host });

  const controlUrl = `${origin}/_sandbox`;
  let closed: Promise<void> | null = null;
  return {
    baseUrl: `${origin}/api/v1`,
    controlUrl,
    options,
    faults,
    holds,
    ledger,
    log,
    change,
    pictureUrl: (file, size) =>
      `${controlUrl}/pictures/${encodeURIComponent(file)}${size === undefined ? '' : `?w=${size.w}&h=${size.h}`}`,
    close() {
      tasks.close();
      closed ??= app.close().then(() => results.close());
      return closed;
    },
  };
}
