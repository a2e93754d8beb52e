// What can be told to go wrong, where, for which source, and how often.
import { z } from 'zod';

const status = z.int().min(200).max(599);
const ms = z.number().min(0).max(86_400_000);

/** Every rule may name a source by substring or pattern, skip some meetings, and count or roll dice. */
const when = {
  /** Applies to sources that contain this; to all when left out. */
  source: z.string().optional(),
  /** A regular expression instead of a substring. */
  sourcePattern: z.string().max(500).optional(),
  /** Left alone this many matching times first. */
  skip: z.int().min(0).default(0),
  /** Applied at most this many times; without end when left out. */
  times: z.int().min(1).optional(),
  /** Chance of applying, from the seed, the source and how often that source came by. */
  rate: z.number().min(0).max(1).default(1),
};

const error = { kind: z.literal('error').default('error'), status, code: z.string(), message: z.string().default('') };
const html = { kind: z.literal('html'), status: status.default(502) };
const json = { kind: z.literal('json'), status: status.default(200), body: z.unknown() };
const created = z.boolean().default(false);

const submit = z.union([
  z.strictObject({ at: z.literal('submit'), ...when, ...error, created }),
  z.strictObject({ at: z.literal('submit'), ...when, kind: z.literal('reset_before') }),
  z.strictObject({ at: z.literal('submit'), ...when, kind: z.literal('reset_after') }),
  z.strictObject({ at: z.literal('submit'), ...when, kind: z.literal('hang'), created }),
  z.strictObject({ at: z.literal('submit'), ...when, kind: z.literal('slow'), ms }),
  z.strictObject({ at: z.literal('submit'), ...when, ...html, created }),
  z.strictObject({ at: z.literal('submit'), ...when, ...json, created }),
  z.strictObject({ at: z.literal('submit'), ...when, kind: z.literal('hold'), created }),
]);

const task = z.union([
  z.strictObject({
    at: z.literal('task'),
    ...when,
    kind: z.literal('error').default('error'),
    code: z.string(),
    message: z.string().default(''),
  }),
  /** Ends as UNKNOWN or CANCELED without a result. */
  z.strictObject({ at: z.literal('task'), ...when, kind: z.literal('unknown') }),
  z.strictObject({ at: z.literal('task'), ...when, kind: z.literal('canceled') }),
  /** Stays RUNNING until the service's own 3 h limit. */
  z.strictObject({ at: z.literal('task'), ...when, kind: z.literal('never') }),
  /** SUSPENDED for so long, then goes on. */
  z.strictObject({ at: z.literal('task'), ...when, kind: z.literal('suspended'), ms }),
]);

const query = z.enum(['query', 'list', 'cancel']);
const asked = z.union([
  z.strictObject({ at: query, ...when, ...error }),
  z.strictObject({ at: query, ...when, ...html }),
  z.strictObject({ at: query, ...when, ...json }),
  z.strictObject({ at: query, ...when, kind: z.literal('reset') }),
  z.strictObject({ at: query, ...when, kind: z.literal('hang') }),
  z.strictObject({ at: query, ...when, kind: z.literal('slow'), ms }),
  z.strictObject({ at: query, ...when, kind: z.literal('hold') }),
  /** One UNKNOWN answer for a task that is well; only for `query`. */
  z.strictObject({ at: z.literal('query'), ...when, kind: z.literal('unknown') }),
]);

const result = z.union([
  /** Content-Length promises more than is sent before the socket closes. */
  z.strictObject({ at: z.literal('result'), ...when, kind: z.literal('truncated') }),
  /** An honest length of a JPEG that was cut. */
  z.strictObject({ at: z.literal('result'), ...when, kind: z.literal('short') }),
  /** One byte changed, under the ETag of the right file. */
  z.strictObject({ at: z.literal('result'), ...when, kind: z.literal('corrupt') }),
  z.strictObject({ at: z.literal('result'), ...when, kind: z.literal('not_image') }),
  z.strictObject({
    at: z.literal('result'),
    ...when,
    kind: z.literal('too_large'),
    bytes: z
      .int()
      .min(1)
      .max(2_000_000_000)
      .default(64 * 1024 * 1024),
    /** True leaves Content-Length out. */
    chunked: z.boolean().default(false),
  }),
  z.strictObject({
    at: z.literal('result'),
    ...when,
    kind: z.literal('drip'),
    bytesPerSecond: z.number().min(1).default(100),
  }),
  z.strictObject({ at: z.literal('result'), ...when, kind: z.literal('expired') }),
  /** The socket is reset after so many bytes of the body; 0 is before any answer. */
  z.strictObject({ at: z.literal('result'), ...when, kind: z.literal('reset'), afterBytes: z.int().min(0).default(0) }),
  z.strictObject({ at: z.literal('result'), ...when, kind: z.literal('hang') }),
  z.strictObject({ at: z.literal('result'), ...when, kind: z.literal('hold') }),
  z.strictObject({ at: z.literal('result'), ...when, kind: z.literal('redirect'), location: z.string().optional() }),
  z.strictObject({ at: z.literal('result'), ...when, kind: z.literal('gzip') }),
  z.strictObject({ at: z.literal('result'), ...when, kind: z.literal('status'), status }),
]);

/** One rule; unknown fields and unknown kinds are refused. */
export const FaultRule = z.union([submit, task, asked, result], {
  // A union's own message would only say that the input is invalid.
  error: ({ input }) => `no such fault rule: ${JSON.stringify(input)}`,
});
export type FaultRule = z.infer<typeof FaultRule>;
/** A rule as written, defaults left out. */
export type FaultRuleInput = z.input<typeof FaultRule>;
export type FaultAt = FaultRule['at'];
export type SubmitFault = z.infer<typeof submit>;
export type TaskFault = z.infer<typeof task>;
/** A fault of get (`query`), list or cancel. */
export type AskedFault = z.infer<typeof asked>;
export type ResultFault = z.infer<typeof result>;

export interface FaultByPlace {
  submit: SubmitFault;
  task: TaskFault;
  query: AskedFault;
  list: AskedFault;
  cancel: AskedFault;
  result: ResultFault;
}
