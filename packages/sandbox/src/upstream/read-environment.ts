// Reads the program's environment: SANDBOX_* by name, every problem reported at once.
import { z } from 'zod';
import { FaultRule, type FaultRuleInput } from './fault-rule.ts';
import { RunTimeOptions, type SandboxOptions } from './sandbox-options.ts';

const run = RunTimeOptions.shape;
const number = (shape: z.ZodNumber) => z.coerce.number().pipe(shape).optional();

/** Variable by variable; the units are in the names, the defaults in sandbox-options.ts. */
const Environment = z.object({
  SANDBOX_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  SANDBOX_HOST: z.string().optional(),
  /** Keys by comma, each `key` or `key@account`. */
  SANDBOX_API_KEYS: z
    .string()
    .transform((text) => text.split(',').map((key) => key.trim()))
    .optional(),
  SANDBOX_SEED: z.string().optional(),
  SANDBOX_SLOTS: number(run.slots),
  SANDBOX_TASKS_MAX: number(run.tasksMax),
  SANDBOX_SUBMIT_RATE: number(run.submitRate),
  SANDBOX_QUERY_RATE: number(run.queryRate),
  SANDBOX_SERVICE_MS_MEDIAN: number(run.serviceMsMedian),
  SANDBOX_SERVICE_SIGMA: number(run.serviceSigma),
  SANDBOX_RESULT_TTL_MS: number(run.resultTtlMs),
  SANDBOX_TASK_LIFE_MS: number(run.taskLifeMs),
  SANDBOX_TASK_TIMEOUT_MS: number(run.taskTimeoutMs),
  SANDBOX_PAGE_SIZE_MAX: number(run.pageSizeMax),
  SANDBOX_LIST_LAG_MS: number(run.listLagMs),
  SANDBOX_SOURCE_TIMEOUT_MS: number(run.sourceTimeoutMs),
  SANDBOX_RESIGN: z.stringbool().optional(),
  SANDBOX_RESULT_KIND: run.resultKind.optional(),
  /** A JSON list of fault rules to begin with. */
  SANDBOX_FAULTS: z
    .string()
    .transform((text, issue): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        issue.addIssue('is not JSON');
        return z.NEVER;
      }
    })
    .pipe(z.array(FaultRule))
    .optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).optional(),
});

export type ReadEnvironment =
  | { readonly options: Partial<SandboxOptions>; readonly faults: readonly FaultRuleInput[]; readonly problems: null }
  | { readonly problems: string };

/** An empty variable counts as absent. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): ReadEnvironment {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = Environment.safeParse(set);
  if (!parsed.success) return { problems: z.prettifyError(parsed.error) };
  const found = parsed.data;
  const options = {
    port: found.SANDBOX_PORT,
    host: found.SANDBOX_HOST,
    apiKeys: found.SANDBOX_API_KEYS,
    seed: found.SANDBOX_SEED,
    slots: found.SANDBOX_SLOTS,
    tasksMax: found.SANDBOX_TASKS_MAX,
    submitRate: found.SANDBOX_SUBMIT_RATE,
    queryRate: found.SANDBOX_QUERY_RATE,
    serviceMsMedian: found.SANDBOX_SERVICE_MS_MEDIAN,
    serviceSigma: found.SANDBOX_SERVICE_SIGMA,
    resultTtlMs: found.SANDBOX_RESULT_TTL_MS,
    taskLifeMs: found.SANDBOX_TASK_LIFE_MS,
    taskTimeoutMs: found.SANDBOX_TASK_TIMEOUT_MS,
    pageSizeMax: found.SANDBOX_PAGE_SIZE_MAX,
    listLagMs: found.SANDBOX_LIST_LAG_MS,
    sourceTimeoutMs: found.SANDBOX_SOURCE_TIMEOUT_MS,
    resign: found.SANDBOX_RESIGN,
    resultKind: found.SANDBOX_RESULT_KIND,
    logLevel: found.LOG_LEVEL,
  };
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { options: given as Partial<SandboxOptions>, faults: found.SANDBOX_FAULTS ?? [], problems: null };
}
