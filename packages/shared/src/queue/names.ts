// The queues, and what each is for.
import type { Stage } from '../lifecycle/stage.ts';

/** Where other services drop jobs: name `expand`, data an expansion request. Part of the outside contract. */
export const INTAKE_QUEUE = 'intake';
export const INTAKE_JOB_NAME = 'expand';

/** One job per death, under the id `<expansion id>.<death number>`; never processed by us. */
export const DEAD_LETTER_QUEUE = 'dead-letter';

/** A stage's queue carries wake-up tokens only; the record says what is true. */
export const STAGE_QUEUES = { submit: 'submit', poll: 'poll', deliver: 'deliver' } as const satisfies Record<
  Stage,
  string
>;

/** Wakes whichever server ticks the schedules. */
export const SCHEDULE_QUEUE = 'schedule';
