// What the server answers, as schemas: the OpenAPI document is made of them, and a test holds every answer to it.
import { STATUSES } from '@outpaint/shared/lifecycle/status';
import { z } from 'zod';
import { problemSchema } from './problem.ts';

const time = z.iso.datetime().nullable();
const amount = z
  .string()
  .regex(/^\d+\.\d{2,6}$/)
  .meta({ description: 'an exact decimal, such as "0.18"' });

export const batchSchema = z
  .object({
    name: z.string(),
    state: z.enum(['open', 'sealed', 'finished']),
    run: z.enum(['running', 'paused', 'cancelling', 'cancelled']),
    paused_by: z.string().nullable(),
    rows: z.int(),
    counts: z.object(Object.fromEntries(STATUSES.map((status) => [status, z.int()]))),
    unfinished: z.int(),
    at_work: z.int(),
    held: z.int(),
    currency: z.string(),
    spent: amount,
    reserved: amount,
    budget: amount.nullable(),
    failures_max: z.int().nullable(),
    failures_percent: z.number().nullable(),
    created_at: time,
    sealed_at: time,
    finished_at: time,
    reported_at: time,
    priority: z.number(),
    not_before: time,
    not_after: time,
    expired: z.int().meta({ description: 'ended rows that stand in the report and are forgotten here' }),
  })
  .loose()
  .meta({ id: 'Batch' });

export const warningSchema = z.object({ field: z.string(), message: z.string() }).meta({ id: 'Warning' });

export const acceptedExpansionSchema = z
  .object({
    expansion_id: z.string(),
    batch: z.string(),
    custom_id: z.string(),
    output_key: z.string(),
    /** False: it was accepted before, and nothing changed. */
    created: z.boolean(),
    warnings: z.array(warningSchema),
  })
  .meta({ id: 'AcceptedExpansion' });

export const expansionSchema = z
  .object({
    id: z.string(),
    batch: z.string(),
    custom_id: z.string(),
    trace_id: z.string().nullable().meta({ description: 'of the request that it came with, if that was followed' }),
    status: z.enum(STATUSES),
    billed: z.enum(['no', 'yes', 'maybe']),
    history: z.array(z.object({ at: z.iso.datetime(), event: z.string(), status: z.string(), detail: z.string() })),
  })
  .loose()
  .meta({ id: 'Expansion', description: 'the record of one expansion and its history' });

export const deadLetterSchema = z
  .object({
    id: z.string(),
    expansion_id: z.string().nullable(),
    batch: z.string().nullable(),
    custom_id: z.string().nullable(),
    stage: z.string().nullable(),
    code: z.string(),
    class: z.string().nullable(),
    message: z.string(),
    billed: z.string(),
    task_id: z.string().nullable(),
    attempts: z.int(),
    dead_at: z.iso.datetime(),
    meaning: z.string(),
    remedy: z.string(),
  })
  .loose()
  .meta({ id: 'DeadLetter' });

const cutLimit = z.object({ in_force: z.number(), of: z.number(), code: z.string(), since: time }).nullable();

export const lineSchema = z
  .object({
    state: z.enum(['running', 'halted']),
    code: z.string().nullable(),
    message: z.string().nullable(),
    remedy: z.string().nullable(),
    since: time,
    next_probe_at: time,
    slots_in_use: z.int(),
    fed: z.int(),
    undelivered: z.int(),
    in_doubt: z.int(),
    doubts: z
      .object({
        waiting: z.int(),
        held: z.int(),
        suspected_duplicates: z.int(),
        strangers: z.int(),
        looked_at: time,
        failed: z.string().nullable(),
      })
      .meta({
        description:
          "doubts that wait for the account's list and those that wait for a person; tasks that are probably one too many; tasks of our key that nobody here made, when the list was last read, and why it could not be",
      }),
    retries_waiting: z.int(),
    expiring: z
      .int()
      .meta({ description: "paid pictures past half of their link's life; none is submitted meanwhile" }),
    throttled: z
      .object({ submit_rate: cutLimit, slots: cutLimit, query_rate: cutLimit })
      .meta({ description: 'what refusals have left of the limits that are set; null where nothing was cut' }),
    redis_went_back: z
      .object({
        since: time,
        newest_known_licence_at: time,
        looked_at: time,
        unknown_tasks: z.int(),
        task_ids: z.array(z.string()),
      })
      .nullable(),
  })
  .loose()
  .meta({ id: 'Line' });

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ data: z.array(item), next_cursor: z.string().nullable() });

const problemsOf = (statuses: readonly number[]): Record<number, typeof problemSchema> =>
  Object.fromEntries(statuses.map((status) => [status, problemSchema]));

/** The refusals of a route that takes nothing which could be wrong. */
export const problemsWithoutInput = () => problemsOf([401, 403, 429, 500, 503]);

/** The refusals that every other route may answer with, and those of its own. */
export const problems = (...statuses: readonly number[]) => problemsOf([400, 401, 403, 429, 500, 503, ...statuses]);
