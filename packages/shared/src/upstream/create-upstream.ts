// The DashScope client: four calls that never retry, bounded in time and size, whose every outcome is a value.
import type { Calls, UpstreamDeps, UpstreamSettings } from './call.ts';
import { type CancelAnswer, cancel } from './cancel.ts';
import { createClockOffset, type OffsetBounds } from './clock-offset.ts';
import { createConnection } from './connection.ts';
import { type ListAnswer, type ListInput, list } from './list.ts';
import { query, type TaskAnswer } from './query.ts';
import { type SubmitAnswer, type SubmitInput, submit } from './submit.ts';

export interface Upstream {
  /** The paid call, sent at most once. `beforeSend` runs when the connection stands and may throw to stop it. */
  submit(input: SubmitInput, o: { signal: AbortSignal; beforeSend?: () => void }): Promise<SubmitAnswer>;
  query(taskId: string, o: { signal: AbortSignal }): Promise<TaskAnswer>;
  list(o: ListInput): Promise<ListAnswer>;
  cancel(taskId: string, o: { signal: AbortSignal }): Promise<CancelAnswer>;
  /** Upstream's clock minus that of `deps`, from the dates of its answers; null before the first. */
  clockOffset(): OffsetBounds | null;
  /** Waits for what is under way, then closes the sockets; later calls answer `upstream_unreachable`. */
  close(): Promise<void>;
}

/** Throws a TypeError only if `baseUrl` is no http(s) URL; opens no connection before the first call. */
export const createUpstream = (settings: UpstreamSettings, deps: UpstreamDeps): Upstream => {
  const connection = createConnection(settings.baseUrl, settings.requestTimeoutMs);
  const clockOffset = createClockOffset();
  const calls: Calls = { settings, deps, connection, clockOffset };
  return {
    submit: (input, o) => submit(calls, input, o),
    query: (taskId, o) => query(calls, taskId, o),
    list: (o) => list(calls, o),
    cancel: (taskId, o) => cancel(calls, taskId, o),
    clockOffset: () => clockOffset.bounds(),
    close: () => connection.close(),
  };
};
