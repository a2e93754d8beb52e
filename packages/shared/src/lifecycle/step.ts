// What a stage is: one step on one record, ending in an outcome. It never touches a queue.
import type { Outcome } from './outcome.ts';
import type { ExpansionRecord } from './record.ts';

export interface StepContext {
  /** The worker drains or lost its lock: begin nothing new. */
  readonly stopping: AbortSignal;
  /** The lock of the token is lost: another worker has it, or soon will. What has no answer worth money is cut. */
  readonly lockLost: AbortSignal;
  /** The time to stop is over: cut what is under way. */
  readonly lastCall: AbortSignal;
}

/** Safe to run again on the same record: what must not happen twice is guarded by the record, never by the step. */
export type StageStep = (record: ExpansionRecord, context: StepContext) => Promise<Outcome>;
