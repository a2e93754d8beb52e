// The three stages a picture passes, and the status in which each of them has work.
import type { Status } from './status.ts';

export const STAGES = ['submit', 'poll', 'deliver'] as const;
export type Stage = (typeof STAGES)[number];

/** A stage drops a token whose record is in any other status: the token is a ghost or somebody else moved the record. */
export const STATUS_OF_STAGE = {
  submit: 'accepted',
  poll: 'submitted',
  deliver: 'generated',
} as const satisfies Record<Stage, Status>;

/** The stage that works on a status, or null where no stage does. */
export const stageOf = (status: Status): Stage | null =>
  STAGES.find((stage) => STATUS_OF_STAGE[stage] === status) ?? null;
