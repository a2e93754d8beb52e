// What an expansion has become, above all what has been paid for, and which moves between these are legal.

/**
 * Our status of an expansion. Not BullMQ's state of a message: that one says where the wake-up token is.
 *
 * | status          | meaning                                                        | who moves it on            |
 * |-----------------|----------------------------------------------------------------|----------------------------|
 * | `accepted`      | validated and kept; nothing paid                               | the feed, then the licence |
 * | `submitting`    | a worker holds the licence to pay; a POST may be under way     | that worker, or the sweeper |
 * | `submitted`     | upstream has a task, we know its id                            | the poll stage             |
 * | `generated`     | the task succeeded and is billed; the picture is not ours yet  | the deliver stage          |
 * | `delivered`     | the picture is in the bucket                                   | nobody: an ending          |
 * | `in_doubt`      | a POST left and its answer is unknown: perhaps paid            | reconciling, or a person   |
 * | `dead_lettered` | cannot be finished as it is; its letter says why               | a redrive                  |
 * | `cancelled`     | withdrawn before anything was paid                             | nobody: an ending          |
 */
export const STATUSES = [
  'accepted',
  'submitting',
  'submitted',
  'generated',
  'delivered',
  'dead_lettered',
  'in_doubt',
  'cancelled',
] as const;

export type Status = (typeof STATUSES)[number];

/** Every legal edge. `docs/lifecycle.md` draws this table and a test compares the two. */
export const EDGES: Readonly<Record<Status, readonly Status[]>> = {
  accepted: ['submitting', 'submitted', 'delivered', 'dead_lettered', 'cancelled'],
  submitting: ['submitted', 'accepted', 'in_doubt', 'dead_lettered'],
  submitted: ['generated', 'accepted', 'dead_lettered', 'cancelled'],
  generated: ['delivered', 'dead_lettered'],
  in_doubt: ['submitted', 'accepted', 'dead_lettered'],
  dead_lettered: ['accepted', 'submitted', 'generated'],
  delivered: [],
  cancelled: [],
};

/** A row in one of these needs no further work from us unless a person asks for it. */
export const ENDED: readonly Status[] = ['delivered', 'dead_lettered', 'cancelled'];

/** Whether `from → to` is legal; staying in place (a snooze, a rescue) always is. */
export const isLegalMove = (from: Status, to: Status): boolean => from === to || EDGES[from].includes(to);

export const isStatus = (text: string): text is Status => (STATUSES as readonly string[]).includes(text);
