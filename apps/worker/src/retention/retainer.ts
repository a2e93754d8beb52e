// Lets go of rows whose time is over, in the background of every worker; harmless beside itself.
import type { RetentionStore } from '@outpaint/shared/batch/retention-store';
import { codeOf } from '@outpaint/shared/errors/outpaint-error';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import type { Logger } from '@outpaint/shared/telemetry/logger';

export interface RetainerDeps {
  readonly retention: RetentionStore;
  readonly retentionMs: number;
  readonly everyMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Looks on start and then at intervals, until stopped. */
export const startRetainer = (deps: RetainerDeps): { stop(): Promise<void> } => {
  const stopped = new AbortController();
  const round = async (): Promise<void> => {
    for (const name of await deps.retention.due()) {
      let rows = 0;
      while (!stopped.signal.aborted) {
        const expired = await deps.retention.expire(name, deps.retentionMs);
        rows += expired;
        if (expired === 0) break;
      }
      if (rows > 0) deps.log.info({ batch: name, rows }, 'ended rows forgotten: their time is over');
    }
  };
  const loop = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      try {
        await round();
      } catch (error) {
        deps.log.error({ code: codeOf(error), err: error }, 'ended rows could not be forgotten; tried again later');
      }
      await deps.clock.wait(deps.everyMs, stopped.signal);
    }
  };
  const running = loop();
  return {
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
};
