// A moment as people and machines read it alike: ISO 8601 in UTC, to the second.

/** `2026-11-23 23:15:04Z`; a dash for none. */
export const timeText = (ms: number | null): string =>
  ms === null ? '-' : `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}Z`;
