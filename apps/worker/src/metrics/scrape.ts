// One answer to a scrape: this process, its work, and the state of the installation.
import type { Registry } from 'prom-client';
import { remembered } from '../health/remembered.ts';
import { within } from '../health/within.ts';
import type { SharedState } from './shared-state.ts';
import { type LimitsSet, stateMetrics } from './state-metrics.ts';

/** Several scrapers, and one that is impatient, cost one reading in so long. */
const STATE_KEPT_MS = 5_000;
/** Below the 10 s that Prometheus waits unless told otherwise. */
const STATE_TIMEOUT_MS = 3_000;

/** Answers also while Redis is away: then with `outpaint_redis_up 0` and without what only Redis knows. */
export const createScrape = (deps: {
  readonly registry: Registry;
  readonly readState: () => Promise<SharedState>;
  readonly limits: LimitsSet;
  /** Monotonic ms. */
  readonly now: () => number;
  readonly onError: (error: Error) => void;
}): (() => Promise<{ contentType: string; text: string }>) => {
  const state = remembered(deps.readState, () => STATE_KEPT_MS, deps.now);
  return async () => {
    const known = await within(STATE_TIMEOUT_MS, state()).catch((error: unknown) => {
      deps.onError(error instanceof Error ? error : new Error(String(error)));
      return null;
    });
    const texts = await Promise.all([deps.registry.metrics(), stateMetrics(known, deps.limits).metrics()]);
    return { contentType: deps.registry.contentType, text: texts.join('\n') };
  };
};
