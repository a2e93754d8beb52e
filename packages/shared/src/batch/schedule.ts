// A schedule: a manifest that becomes a batch again and again, at civil times of a time zone.

/** What becomes of a firing while the batch of the one before still runs. */
export const OVERLAPS = ['skip', 'append', 'queue'] as const;
export type Overlap = (typeof OVERLAPS)[number];

export interface ScheduleDefinition {
  readonly name: string;
  /** Five fields: minute, hour, day of month, month, day of week. */
  readonly cron: string;
  /** IANA name, `Asia/Shanghai`. */
  readonly timeZone: string;
  /** `s3://bucket/key` or a path, with {date}, {yyyy}, {mm}, {dd} of the civil date. */
  readonly manifest: string;
  readonly overlap: Overlap;
  /** A slot missed for longer than this is reported and not made up for. */
  readonly catchUpMs: number;
  /** Each slot fires up to so much later, always by the same amount. */
  readonly jitterMs: number;
  /** `06:00`: then the batch pauses, and goes on with the next slot. Null: it runs until it is finished. */
  readonly until: string | null;
  /** How long a manifest that is not there yet is waited for. */
  readonly manifestWaitMs: number;
  /** Whether a manifest that is the same as last time is run again. */
  readonly runUnchanged: boolean;
  readonly keepGoing: boolean;
  /** As a person writes them: `source=image_link`. Schedules of earlier versions have none. */
  readonly map?: readonly string[];
  /** Parameters of the rows that do not give them: `output_ratio=16:9`. */
  readonly set?: readonly string[];
  readonly budgetMicro: number | null;
  readonly failuresMax: number | null;
  readonly failuresPercent: number | null;
}

export interface Schedule extends ScheduleDefinition {
  readonly paused: boolean;
  readonly createdAt: number;
  /** Every slot up to this moment has been recorded, missed or left out; epoch ms. */
  readonly seenUntil: number;
}

/**
 * | state                | meaning                                                        |
 * |----------------------|----------------------------------------------------------------|
 * | `due`                | recorded; somebody will, or does, work on it                   |
 * | `started`            | its rows are accepted into its batch                           |
 * | `missed`             | nobody ran for longer than the catch-up window                 |
 * | `overlapped`         | left out, because the batch before was not finished            |
 * | `manifest_missing`   | there was no manifest at its address                           |
 * | `manifest_unchanged` | the manifest was the same as last time                         |
 * | `manifest_invalid`   | rows could not be accepted, so none was                        |
 * | `failed`             | something else stood in the way; the note says what            |
 */
export const FIRING_STATES = [
  'due',
  'started',
  'missed',
  'overlapped',
  'manifest_missing',
  'manifest_unchanged',
  'manifest_invalid',
  'failed',
] as const;
export type FiringState = (typeof FIRING_STATES)[number];

/** One civil-time slot of a schedule: it exists once, whatever clocks, restarts and other machines do. */
export interface Firing {
  /** `2026-11-24T02:00`, civil time of the schedule's zone. */
  readonly slot: string;
  /** When it fires, epoch ms: jitter included, daylight saving resolved. */
  readonly dueAt: number;
  readonly state: FiringState;
  readonly batch: string | null;
  readonly note: string;
  /** What the manifest was: ETag or SHA-256. */
  readonly manifestTag: string | null;
  readonly rows: number | null;
  readonly endedAt: number | null;
}
