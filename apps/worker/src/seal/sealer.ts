// Seals batches that nobody adds to any more, in the background of every worker; harmless beside itself.
import type { BatchStore } from '@outpaint/shared/batch/batch-store';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import { type Rounds, startRounds } from '../rounds/start-rounds.ts';

export interface SealerDeps {
  readonly batches: Pick<BatchStore, 'sealIdle'>;
  /** 0 leaves batches open until somebody seals them. */
  readonly idleMs: number;
  readonly everyMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

export const startSealer = (deps: SealerDeps): Rounds =>
  startRounds({ ...deps, failure: 'idle batches could not be sealed; tried again later' }, async () => {
    if (deps.idleMs === 0) return;
    for (const batch of await deps.batches.sealIdle(deps.idleMs))
      deps.log.info({ batch, idle_ms: deps.idleMs }, 'batch sealed: no rows came for a while');
  });
