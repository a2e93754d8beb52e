// The API writes wall-clock times of UTC+8 without a zone marker; this file turns them into epoch milliseconds and back.

const OFFSET_MS = 8 * 3_600_000; // China has had one zone and no summer time since 1991.
const WRITTEN = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,3}))?$/;

/**
 * Epoch milliseconds of `YYYY-MM-DD HH:mm:ss` or `YYYY-MM-DD HH:mm:ss.SSS` read as UTC+8 (some services omit the
 * milliseconds); null for anything else, also for a date that does not exist. Independent of the machine's own zone.
 */
export const fromChinaTime = (written: string): number | null => {
  const parts = WRITTEN.exec(written);
  if (parts === null) return null;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const ms = Number((parts[7] ?? '').padEnd(3, '0'));
  if (year < 1970) return null;
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  // Date.UTC rolls 02-30 over into March; a date that does not survive the round trip was never a date.
  const back = new Date(asUtc).toISOString();
  if (back.slice(0, 19) !== `${written.slice(0, 10)}T${written.slice(11, 19)}`) return null;
  return asUtc - OFFSET_MS;
};

/** `YYYYMMDDhhmmss` in UTC+8, the form of the list call's `start_time` and `end_time`; parts of a second are cut off. */
export const toChinaStamp = (epochMs: number): string =>
  new Date(epochMs + OFFSET_MS).toISOString().slice(0, 19).replace(/\D/g, '');
