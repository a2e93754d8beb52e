// From where an upstream's answer moves a row, and what it clears.

/** An answer holds whenever it comes: that of a slow worker settles the doubt that the sweeper made of it. */
export const ANSWERED = ['submitting', 'in_doubt'] as const;
export const DOUBT_FIELDS: readonly string[] = [
  'doubt_at',
  'doubt_code',
  'sent_from',
  'failed_at',
  'held',
  'hold_reason',
  'hold_candidates',
];
