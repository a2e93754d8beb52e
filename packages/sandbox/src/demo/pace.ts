// The demo's clock: real waiting and real limits, but seconds where the API takes a quarter of a minute.

/** A picture takes 1 to 2 s instead of 10 to 26 s; five at once, as the account allows. */
export const DEMO_SANDBOX: Readonly<Record<string, string>> = {
  SANDBOX_SEED: 'demo',
  SANDBOX_SLOTS: '5',
  SANDBOX_SUBMIT_RATE: '10',
  SANDBOX_QUERY_RATE: '40',
  SANDBOX_SERVICE_MS_MEDIAN: '1300',
  SANDBOX_SERVICE_SIGMA: '0.3',
};

export const DEMO_SETTINGS: Readonly<Record<string, string>> = {
  OUTPAINT_NAMESPACE: 'outpaint-demo',
  UPSTREAM_SLOTS: '5',
  SUBMIT_RATE_PER_SECOND: '8',
  QUERY_RATE_PER_SECOND: '30',
  POLL_DELAY_MS_MIN: '400',
  POLL_DELAY_MS_MAX: '1000',
  TRANSIENT_ATTEMPTS_MAX: '3',
  RETRY_DELAY_MS_MIN: '500',
  RETRY_DELAY_MS_MAX: '2000',
  FEED_EVERY_MS: '250',
  SHUTDOWN_TIMEOUT_MS: '5000',
  LOG_FORMAT: 'pretty',
};
