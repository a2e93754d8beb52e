// Lets go of rows whose time is over, in the background of every worker; harmless beside itself.
import type { RetentionStore } from '@outpaint/shared/batch/retention-store';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import { type Rounds, startRounds } from '../rounds/start-rounds.ts';

export interface RetainerDeps {
  readonly retention: RetentionStore;
  readonly retentionMs: number;
  readonly everyMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

export const startRetainer = (deps: RetainerDeps): Rounds =>
  startRounds({ ...deps, failure: 'ended rows could not be forgotten; tried again later' }, async (stopped) => {
    for (const name of await deps.retention.due()) {
      let rows = 0;
      while (!stopped.aborted) {
        const expired = await deps.retention.expire(name, deps.retentionMs);
        rows += expired;
        if (expired === 0) break;
      }
      if (rows > 0) deps.log.info({ batch: name, rows }, 'ended rows forgotten: their time is over');
    }
  });
