// The settings of the worker and of the stand-in for the API, all times of them on the same scale.
import type { ApiTime } from './api-time.ts';

/** The documented 5 to 10 tasks at work would make 5,000 rows take a quarter of an hour; twice as many load the machine. */
const SLOTS = 20;
const OVERHANG = 6;
const RATE_PER_SECOND = 2;
const QUERIES_PER_SECOND = 20;
/** Of the settings' bounds. */
const RATE_MOST = 1_000;
const SERVICE_S = 14;
/** Documented as 24 h and seen as about one; here shorter than the store is away. */
export const RESULT_LIFE_S = 300;
export const SETTLE_S = 600;
export const LOCK_S = 120;

/** No scaled wait for an answer may be so short that a busy machine alone makes it pass; the store shares one with all. */
const ANSWER_MS_LEAST = 1_000;
const STORE_MS_LEAST = 3_000;

const atLeast = (ms: number, least: number): string => String(Math.max(ms, least));

/** For the worker and the command line: the documented defaults in scaled time, but for what a comment says. */
export const workerSettings = (t: ApiTime): Record<string, string> => ({
  RESULT_HOSTS_ALLOWED: '127.0.0.1',
  RESULT_ADDRESSES_ALLOWED: '127.0.0.0/8',
  SUBMIT_RATE_PER_SECOND: String(Math.floor(RATE_PER_SECOND * (1_000 / t(1)))),
  QUERY_RATE_PER_SECOND: String(Math.min(Math.floor(QUERIES_PER_SECOND * (1_000 / t(1))), RATE_MOST)),
  UPSTREAM_SLOTS: String(SLOTS),
  UPSTREAM_OVERHANG: String(OVERHANG),
  UPSTREAM_REQUEST_TIMEOUT_MS: atLeast(t(30), ANSWER_MS_LEAST),
  DOUBT_SETTLE_MS: String(t(SETTLE_S)),
  // On a busy machine the stand-in itself may come to a request late.
  DOUBT_LATE_MS: atLeast(t(30), 1_500),
  RECONCILE_EVERY_MS: atLeast(t(15), 250),
  THROTTLE_RECOVERY_MS: String(t(600)),
  POLL_DELAY_MS_MIN: atLeast(t(3), 10),
  POLL_DELAY_MS_MAX: atLeast(t(15), 10),
  // Much less than the documented day: a held doubt keeps its slot so long.
  TASK_DEADLINE_MS: atLeast(t(240), 4_000),
  RETRY_DELAY_MS_MIN: atLeast(t(2), 10),
  RETRY_DELAY_MS_MAX: String(t(300)),
  RESULT_DEADLINE_MS: atLeast(t(120), STORE_MS_LEAST),
  UNDELIVERED_AGE_MS_MAX: atLeast(t(900), 1_000),
  S3_REQUEST_TIMEOUT_MS: atLeast(t(30), STORE_MS_LEAST),
  SWEEP_EVERY_MS: atLeast(t(5), 250),
  FEED_EVERY_MS: '50',
  RESCUE_MARGIN_MS: atLeast(t(60), 1_500),
  TOKEN_LOCK_MS: atLeast(t(LOCK_S), 3_000),
  LINE_PROBE_MS_MIN: String(t(30)),
  LINE_PROBE_MS_MAX: String(t(120)),
  SHUTDOWN_TIMEOUT_MS: atLeast(t(30), 3_000),
  LOG_LEVEL: 'info',
  LOG_FORMAT: 'json',
});

/** The account's limits are those that the worker is told, a tenth wider: its own pace is not to be what is tested. */
export const sandboxSettings = (t: ApiTime, seed: string, resign: boolean): Record<string, string> => ({
  SANDBOX_SEED: seed,
  SANDBOX_SLOTS: String(SLOTS),
  SANDBOX_SUBMIT_RATE: String(submitRate(t)),
  SANDBOX_QUERY_RATE: String(queryRate(t)),
  SANDBOX_SERVICE_MS_MEDIAN: String(t(SERVICE_S)),
  SANDBOX_RESULT_TTL_MS: String(t(RESULT_LIFE_S)),
  SANDBOX_RESIGN: String(resign),
  SANDBOX_PAGE_SIZE_MAX: '100',
  SANDBOX_RESULT_KIND: 'tiny',
});

export const submitRate = (t: ApiTime): number => Math.ceil(RATE_PER_SECOND * (1_000 / t(1)) * 1.1);
export const queryRate = (t: ApiTime): number => Math.ceil(QUERIES_PER_SECOND * (1_000 / t(1)) * 1.1);
