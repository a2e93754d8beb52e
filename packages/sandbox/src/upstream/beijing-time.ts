// The API's clock on the wall: UTC+8, written without a zone.

const OFFSET_MS = 8 * 3_600_000;

/** `YYYY-MM-DD HH:mm:ss.SSS` in UTC+8, as in a task's times. */
export function formatBeijing(epochMs: number): string {
  return new Date(epochMs + OFFSET_MS).toISOString().replace('T', ' ').slice(0, 23);
}

/** Epoch milliseconds of `YYYYMMDDhhmmss` in UTC+8, as the list's parameters are written; null if it is no such time. */
export function parseBeijing(text: string): number | null {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text);
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second] = parts;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const epochMs = Date.parse(iso);
  // Date.parse rolls 31 February over into March, so the way back must give the same text.
  if (Number.isNaN(epochMs) || new Date(epochMs).toISOString() !== iso) return null;
  return epochMs - OFFSET_MS;
}
