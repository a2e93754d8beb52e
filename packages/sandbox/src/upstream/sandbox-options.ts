// How strict and how fast the stand-in is; every number can be changed while it runs.
import { z } from 'zod';

const accountTrouble = z.strictObject({
  status: z.int().min(400).max(599),
  code: z.string().min(1),
  message: z.string(),
  /** True when queries are refused as well; false by default, as a running task can still be asked for. */
  queries: z.boolean().default(false),
});

/** What may change at run time: the account's state, the quotas and the pace. */
export const RunTimeOptions = z.strictObject({
  /** Tasks at work at once, per account. Documented as 1, 5 and 10 in different places. */
  slots: z.int().min(0).max(10_000),
  /** Tasks PENDING and at work together; one more is refused as Throttling.Concurrency. The real number is not known. */
  tasksMax: z.int().min(0).max(1_000_000),
  /** Submits in any one second, per account; documented as 2. */
  submitRate: z.int().min(0).max(1_000_000),
  /** Get, list and cancel together in any one second, per account; documented as 20. */
  queryRate: z.int().min(0).max(1_000_000),
  serviceMsMedian: z.number().min(0).max(86_400_000),
  /** Spread of the lognormal service time; 0 makes every task take the median. */
  serviceSigma: z.number().min(0).max(3),
  /** Memoryless: however long a task has been at work, it is as likely to end in the next moment. The spread is its own. */
  serviceShape: z.enum(['lognormal', 'memoryless']),
  /** Documented as 24 h, observed as about 1 h. */
  resultTtlMs: z.number().min(0).max(86_400_000),
  /** After this a task is UNKNOWN; documented as 24 h. */
  taskLifeMs: z.number().min(0).max(604_800_000),
  /** A task without a result after this ends as InternalError.Timeout; documented as 3 h. */
  taskTimeoutMs: z.number().min(0).max(86_400_000),
  pageSizeMax: z.int().min(1).max(1000),
  /** How long a new task is missing from the list, for the listing is not known to be immediate. */
  listLagMs: z.number().min(0).max(3_600_000),
  /** Whether asking for a finished task again signs its URL anew; unknown of the real service. */
  resign: z.boolean(),
  /** `tiny` answers every task with one small JPEG and fetches no source, for load tests. */
  resultKind: z.enum(['extended', 'tiny']),
  sourceTimeoutMs: z.number().min(1).max(600_000),
  /** Moves the sandbox's clock forward, to reach expiries without waiting. */
  clockAheadMs: z.number().min(0).max(31_536_000_000),
  account: z.union([z.literal('ok'), accountTrouble]),
});
export type RunTimeOptions = z.infer<typeof RunTimeOptions>;
export type AccountState = z.infer<typeof RunTimeOptions>['account'];

export interface SandboxOptions extends RunTimeOptions {
  port: number;
  host: string;
  /** `key` or `key@account`; keys of one account see each other's tasks and share its quotas. */
  apiKeys: readonly string[];
  /** Service times and random faults follow from it. */
  seed: string;
  /** Epoch milliseconds. */
  now: () => number;
  /** Level of a log on stderr; nothing is logged when null. */
  logLevel: string | null;
}

export const SANDBOX_DEFAULTS: SandboxOptions = {
  port: 0,
  host: '127.0.0.1',
  apiKeys: ['sk-sandbox'],
  seed: 'sandbox',
  now: Date.now,
  logLevel: null,
  slots: 5,
  tasksMax: 1_000_000,
  submitRate: 2,
  queryRate: 20,
  // The two documented samples took 10.1 s and 26.4 s.
  serviceMsMedian: 14_000,
  serviceSigma: 0.35,
  serviceShape: 'lognormal',
  resultTtlMs: 3_600_000,
  taskLifeMs: 86_400_000,
  taskTimeoutMs: 10_800_000,
  pageSizeMax: 10,
  listLagMs: 0,
  resign: false,
  resultKind: 'extended',
  sourceTimeoutMs: 30_000,
  clockAheadMs: 0,
  account: 'ok',
};

/** The shape of a change at run time: any of the run-time options, nothing else. Throws ZodError. */
export const RunTimeChange = RunTimeOptions.partial();
export type RunTimeChange = z.input<typeof RunTimeChange>;
