// A dead letter: all that is known of what could not be finished, as the data of one job in the queue `dead-letter`.
import type { ErrorClass } from '../errors/error-table.ts';
import type { BatchName, CustomId, ExpansionId, TaskId } from './ids.ts';
import type { Problem } from './problem.ts';
import type { ExpansionRequest } from './request.ts';

export const DEAD_LETTER_VERSION = 1;

/** One failure on the way, oldest first in the letter. `at` is epoch milliseconds by Redis' clock. */
export interface DeadLetterError {
  readonly at: number;
  readonly stage: string;
  readonly code: string;
  readonly class: string;
  readonly message: string;
  readonly request_id?: string;
  readonly task_id?: string;
}

interface LetterFacts {
  readonly v: 1;
  /** The API's own code (`InvalidParameter.ImageContent`) or ours (`request_invalid`). */
  readonly code: string;
  readonly class: ErrorClass;
  readonly message: string;
  readonly upstream_request_id: string | null;
  readonly attempts: number;
  readonly errors: readonly DeadLetterError[];
  /** Epoch milliseconds by Redis' clock. */
  readonly dead_at: number;
}

/** An accepted expansion that died on its way; its record still stands, so it can be edited and redriven. */
export interface ExpansionLetter extends LetterFacts {
  readonly stage: 'submit' | 'poll' | 'deliver';
  readonly expansion_id: ExpansionId;
  readonly batch: BatchName;
  readonly custom_id: CustomId;
  /** As it is now: an edit writes it anew, and the rest goes on saying what the row died of. */
  readonly request: ExpansionRequest;
  readonly task_id: TaskId | null;
}

/** What another service handed in and what was never accepted: there is no record, only what was received. */
export interface IntakeLetter extends LetterFacts {
  readonly stage: 'intake';
  readonly expansion_id: null;
  readonly batch: string | null;
  readonly custom_id: string | null;
  /** As it was received, cut to a bounded size. */
  readonly request: unknown;
  readonly task_id: null;
  readonly problems: readonly Problem[];
}

export type DeadLetter = ExpansionLetter | IntakeLetter;

/** The letter's BullMQ job id. `death` counts from 1: an expansion may be redriven and die again. */
export const letterJobId = (id: ExpansionId, death: number): string => `${id}.${death}`;
