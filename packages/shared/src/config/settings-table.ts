// Every environment variable in one table, by part: schema, default, bound, unit and one line of documentation.
import { apiTokens } from './api-tokens.ts';
import { OTEL_SETTINGS } from './otel-settings.ts';
import {
  address,
  choice,
  cidrs,
  decimal,
  flag,
  hostSuffixes,
  integer,
  keyPrefix,
  money,
  optional,
  secret,
  text,
} from './setting-kinds.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/**
 * A value's name in code is its variable's name in camelCase: `POLL_DELAY_MS_MIN` is `settings.poll.pollDelayMsMin`.
 * Numbers without another source are ours; those of the API are of its pages (rates, slots, the day a task is kept, the price).
 */
export const SETTINGS_TABLE = {
  redis: {
    REDIS_URL: secret(
      address('redis://127.0.0.1:6379', ['redis:', 'rediss:'], 'Redis: AOF always, noeviction; may hold a password'),
    ),
    OUTPAINT_NAMESPACE: text(
      'outpaint',
      /^[A-Za-z0-9._-]{1,64}$/,
      '1 to 64 of A-Z a-z 0-9 . _ -',
      'all keys of one installation begin with it, in braces',
    ),
    REDIS_DURABILITY_ACCEPTED: flag(false, 'submit although Redis may forget what was paid for'),
    REDIS_WAIT_REPLICAS: integer(
      0,
      0,
      10,
      'replicas',
      'replicas that must have a licence before its POST leaves, and then the task id',
    ),
    REDIS_WAIT_MS: integer(1000, 10, MINUTE_MS, 'ms', 'how long a licence waits for REDIS_WAIT_REPLICAS'),
  },
  upstream: {
    DASHSCOPE_API_KEY: secret(
      text(undefined, /^[\x21-\x7e]{8,512}$/, '8 to 512 visible characters without spaces', "the account's key"),
    ),
    DASHSCOPE_BASE_URL: address(
      'https://dashscope.aliyuncs.com/api/v1',
      ['https:', 'http:'],
      'where the API is; key, region and workspace must match',
    ),
    DASHSCOPE_KEY_DEDICATED: flag(
      false,
      'only this installation submits out-painting tasks with this key: a lost task may be adopted',
    ),
    SUBMIT_RATE_PER_SECOND: decimal(2, 0.01, 1000, 'per second', "submits, over all workers; the account's limit is 2"),
    QUERY_RATE_PER_SECOND: decimal(20, 0.1, 1000, 'per second', 'queries (get, list, cancel), over all workers'),
    UPSTREAM_SLOTS: integer(5, 1, 10_000, 'tasks', 'tasks that the account works on at once'),
    UPSTREAM_OVERHANG: integer(2, 0, 1000, 'tasks', 'tasks kept waiting upstream, so that no slot idles'),
    THROTTLE_RECOVERY_MS: integer(
      600_000,
      100,
      DAY_MS,
      'ms',
      'how long rates and slots that a 429 has cut take from nothing to what is set here',
    ),
    UPSTREAM_REQUEST_TIMEOUT_MS: integer(30_000, 100, 600_000, 'ms', 'how long one answer is waited for'),
    SUBMIT_5XX_IN_DOUBT: flag(false, 'treat every 5xx answer to a submit as possibly paid'),
    DOUBT_SETTLE_MS: integer(
      600_000,
      100,
      DAY_MS,
      'ms',
      "when a submit in doubt that upstream does not list counts as not made; not below the API's own request timeout",
    ),
    DOUBT_LATE_MS: integer(
      30_000,
      0,
      DAY_MS,
      'ms',
      'how long after a lost answer its task may still be made: more holds more doubts for a person, less may swap pictures',
    ),
  },
  poll: {
    POLL_DELAY_MS_MIN: integer(3000, 10, 600_000, 'ms', 'shortest gap between two polls of a task'),
    POLL_DELAY_MS_MAX: integer(15_000, 10, HOUR_MS, 'ms', 'longest gap between two polls of a task'),
    POLL_DELAY_FACTOR: decimal(
      1.5,
      1,
      10,
      'times',
      'growth of the gaps while no task has ended yet; later they follow the measured durations',
    ),
    LIST_WATCH: flag(true, 'watch the tasks at work by the list of tasks, where that takes fewer requests'),
    TASK_DEADLINE_MS: integer(14_400_000, 1000, DAY_MS, 'ms', 'age at which an unfinished task is given up'),
    TASK_LIFE_MS: integer(DAY_MS, 1000, 7 * DAY_MS, 'ms', 'how long upstream remembers a task'),
  },
  retry: {
    TRANSIENT_ATTEMPTS_MAX: integer(
      5,
      1,
      100,
      'attempts',
      'tries in all, per stage, of what fails for a passing reason',
    ),
    SOURCE_ATTEMPTS_MAX: integer(1, 1, 100, 'attempts', 'tries in all when the API could not fetch the source'),
    RETRY_DELAY_MS_MIN: integer(2000, 10, HOUR_MS, 'ms', 'shortest wait before another try'),
    RETRY_DELAY_MS_MAX: integer(300_000, 10, DAY_MS, 'ms', 'longest wait before another try'),
  },
  delivery: {
    RESULT_HOSTS_ALLOWED: hostSuffixes('aliyuncs.com', 'host suffixes that a result may be fetched from'),
    RESULT_ADDRESSES_ALLOWED: cidrs('', 'otherwise forbidden address ranges that results may lie in; development only'),
    RESULT_BYTES_MAX: integer(16_777_216, 1024, 134_217_728, 'bytes', 'largest result that is read into memory'),
    RESULT_DEADLINE_MS: integer(120_000, 100, HOUR_MS, 'ms', 'how long one download may take in all'),
    UNDELIVERED_MAX: integer(50, 1, 100_000, 'pictures', 'more paid but undelivered pictures stop submitting'),
    UNDELIVERED_AGE_MS_MAX: integer(900_000, 1000, DAY_MS, 'ms', 'an older undelivered picture stops submitting'),
  },
  store: {
    OUTPAINT_BUCKET: text(
      undefined,
      /^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$/,
      '3 to 63 of A-Z a-z 0-9 . _ -',
      'the bucket for pictures and reports',
    ),
    OUTPAINT_KEY_PREFIX: keyPrefix('every object key begins with it and a slash'),
    S3_FORCE_PATH_STYLE: flag(false, 'address the bucket in the path, as most S3-compatible stores want it'),
    S3_CHECKSUMS: choice('supported', ['supported', 'required'], 'required sends checksums only where S3 demands them'),
    S3_CONDITIONAL_PUT: flag(true, 'the store knows If-None-Match: * on PutObject'),
    S3_REQUEST_TIMEOUT_MS: integer(30_000, 100, 600_000, 'ms', 'how long one request to the store may take'),
    AWS_ENDPOINT_URL_S3: optional(
      address(undefined, ['https:', 'http:'], "the store, if it is not AWS; the SDK's own variable"),
    ),
    AWS_REGION: optional(text(undefined, /^[A-Za-z0-9-]{1,64}$/, '1 to 64 of A-Z a-z 0-9 -', "the SDK's own variable")),
  },
  line: {
    LINE_PROBE_MS_MIN: integer(30_000, 10, DAY_MS, 'ms', 'first gap between two probes of a halted line'),
    LINE_PROBE_MS_MAX: integer(900_000, 10, DAY_MS, 'ms', 'longest gap between two probes of a halted line'),
  },
  price: {
    PRICE_PER_IMAGE: money('0.18', 'what one generated picture costs'),
    PRICE_CURRENCY: text('CNY', /^[A-Z]{3}$/, 'three capital letters', 'the currency of prices and budgets'),
  },
  http: {
    HTTP_HOST: text(
      '127.0.0.1',
      /^[A-Za-z0-9.:-]{1,255}$/,
      'an IP address or a host name',
      'where the server listens; anywhere but loopback it needs OUTPAINT_API_TOKENS',
    ),
    HTTP_PORT: integer(8080, 0, 65_535, 'port', 'where the server listens; 0 takes a free one'),
    OUTPAINT_API_TOKENS: secret(
      apiTokens('who may call the server: name:scopes:batch-prefix:sha256, as outpaint token prints it'),
    ),
    HTTP_BODY_BYTES_MAX: integer(1_048_576, 1024, 67_108_864, 'bytes', 'largest JSON body'),
    HTTP_UPLOAD_BYTES_MAX: integer(
      4_294_967_296,
      1024,
      1_099_511_627_776,
      'bytes',
      'largest manifest, counted after decompression',
    ),
    HTTP_CONNECTIONS_MAX: integer(1000, 1, 100_000, 'connections', 'open at once; more are refused'),
    HTTP_RATE_PER_MINUTE: integer(6000, 1, 1_000_000, 'per minute', 'requests of one token, or of one address without'),
    IDEMPOTENCY_KEY_HOURS: integer(720, 1, 8760, 'hours', 'how long an answer is kept under its Idempotency-Key'),
  },
  log: {
    LOG_LEVEL: choice(
      'info',
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      'the least level that is written',
    ),
    LOG_FORMAT: choice('json', ['json', 'pretty'], 'one JSON object a line, or lines for people'),
  },
  trace: OTEL_SETTINGS,
  worker: {
    SUBMIT_CONCURRENCY: integer(4, 1, 100, 'jobs', 'submits that one worker has under way'),
    POLL_CONCURRENCY: integer(20, 1, 1000, 'jobs', 'polls that one worker has under way'),
    DELIVER_CONCURRENCY: integer(
      8,
      1,
      100,
      'jobs',
      'deliveries that one worker has under way; each may hold a result in memory',
    ),
    INTAKE_CONCURRENCY: integer(8, 1, 1000, 'jobs', 'intake jobs that one worker has under way'),
    SWEEP_EVERY_MS: integer(5000, 10, HOUR_MS, 'ms', 'gap between two sweeps for what is overdue'),
    RETENTION_ROWS_MS: integer(
      30 * DAY_MS,
      0,
      3_650 * DAY_MS,
      'ms',
      'delivered and cancelled rows are kept in Redis for so long after the report of their batch, single ones after their end',
    ),
    BATCH_IDLE_MS: integer(
      HOUR_MS,
      0,
      30 * DAY_MS,
      'ms',
      'an open batch that takes no row for so long is sealed, and ends when its rows have; 0 leaves it to a call',
    ),
    FEED_EVERY_MS: integer(500, 10, MINUTE_MS, 'ms', 'gap between two feeds of the submit queue'),
    RECONCILE_EVERY_MS: integer(15_000, 50, HOUR_MS, 'ms', 'gap between two looks for the tasks of submits in doubt'),
    RESCUE_MARGIN_MS: integer(60_000, 10, HOUR_MS, 'ms', 'how late a step may be before another worker takes over'),
    TOKEN_LOCK_MS: integer(
      120_000,
      1000,
      HOUR_MS,
      'ms',
      'how long a queue leaves a token to a worker that has gone silent; longer than an outage of Redis that it sits out',
    ),
    SHUTDOWN_TIMEOUT_MS: integer(30_000, 10, 600_000, 'ms', 'how long steps under way may finish after a stop signal'),
    WORKER_HTTP_PORT: optional(
      integer(0, 0, 65_535, 'port', 'liveness, readiness and metrics of a worker; 0 takes a free one'),
    ),
    WORKER_HTTP_HOST: text(
      '127.0.0.1',
      /^[A-Za-z0-9.:-]{1,255}$/,
      'an IP address or a host name',
      'where WORKER_HTTP_PORT listens; it asks nobody who they are, so keep other networks out',
    ),
    FETCH_SILENCE_MS_MAX: integer(
      30_000,
      500,
      HOUR_MS,
      'ms',
      'a stage that fetches nothing for so long is unhealthy; after twice that the worker ends with 1',
    ),
    REDIS_AWAY_MS_MAX: integer(
      HOUR_MS,
      1000,
      DAY_MS,
      'ms',
      'how long a worker waits for a Redis that is away before it ends with 1; it may hold paid answers',
    ),
  },
} as const;

export type SettingsPart = keyof typeof SETTINGS_TABLE;
export const SETTINGS_PARTS = Object.keys(SETTINGS_TABLE) as readonly SettingsPart[];
