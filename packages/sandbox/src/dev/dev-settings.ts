// The pace of the development stack, and what of it a person may set from the shell.
import type { Environment } from '../services/environment.ts';

/** Wished for, since rows that were accepted earlier name the stand-in's address; another port is taken if one is busy. */
export const DEV_PORTS = { sandbox: 8610, s3: 8611, server: 8080 } as const;

/** A third of the API's own time for a picture, within its documented quotas. */
export const DEV_SANDBOX: Readonly<Record<string, string>> = {
  SANDBOX_SERVICE_MS_MEDIAN: '4000',
};

export const DEV_SETTINGS: Readonly<Record<string, string>> = {
  OUTPAINT_NAMESPACE: 'outpaint-dev',
  POLL_DELAY_MS_MIN: '1000',
  POLL_DELAY_MS_MAX: '3000',
  // A task that the stand-in has forgotten is given up after minutes, not hours.
  TASK_DEADLINE_MS: '300000',
  SHUTDOWN_TIMEOUT_MS: '5000',
  LOG_FORMAT: 'pretty',
};

/** Settings of pace and patience; none of them is an address, a key or a bucket. */
const TUNABLE =
  /^(SUBMIT|QUERY|UPSTREAM|POLL|TASK|TRANSIENT|SOURCE|RETRY|DOUBT|UNDELIVERED|LINE|DELIVER|INTAKE|SWEEP|FEED|RESCUE|LOG)_/;

/** What the person's environment says of the stand-in and of the worker's pace. */
export const tunablesOf = (env: Environment): Record<'sandbox' | 'settings', Record<string, string>> => {
  const matching = (pattern: RegExp) =>
    Object.fromEntries(
      Object.entries(env).filter(
        (pair): pair is [string, string] => pattern.test(pair[0]) && pair[1] !== undefined && pair[1] !== '',
      ),
    );
  return { sandbox: matching(/^SANDBOX_/), settings: matching(TUNABLE) };
};
