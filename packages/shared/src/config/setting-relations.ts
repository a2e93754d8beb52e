// What must hold between two settings that are each right on their own.

export interface Relation {
  readonly less: string;
  readonly more: string;
  readonly why: string;
}

/** `less` must not be greater than `more`; looked at only when both parts were read. */
export const RELATIONS: readonly Relation[] = [
  { less: 'POLL_DELAY_MS_MIN', more: 'POLL_DELAY_MS_MAX', why: 'the first gap cannot be longer than the longest' },
  {
    less: 'RETRY_DELAY_MS_MIN',
    more: 'RETRY_DELAY_MS_MAX',
    why: 'the shortest wait cannot be longer than the longest',
  },
  { less: 'LINE_PROBE_MS_MIN', more: 'LINE_PROBE_MS_MAX', why: 'the first gap cannot be longer than the longest' },
  {
    less: 'UPSTREAM_REQUEST_TIMEOUT_MS',
    more: 'DOUBT_SETTLE_MS',
    why: 'a submit that may still be under way must not be counted as not made, or it is paid twice',
  },
  {
    less: 'UPSTREAM_REQUEST_TIMEOUT_MS',
    more: 'RESCUE_MARGIN_MS',
    why: 'a query that is only slow is taken for a dead worker, and the fifth one dead-letters its row as stuck',
  },
  {
    less: 'TASK_DEADLINE_MS',
    more: 'TASK_LIFE_MS',
    why: 'nothing can be asked about a task that upstream has forgotten',
  },
];
