// Lengths of time as people write them, on the command line and in schedules alike.
const UNIT_MS = { s: 1_000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
type Unit = keyof typeof UNIT_MS;

/** `90s`, `30m` or `30min`, `36h`, `30d`, `2w` in ms, `0s` included; null for anything else. Pure. */
export const lengthMsOf = (text: string): number | null => {
  const match = /^(\d{1,6})(s|m|min|h|d|w)$/.exec(text);
  return match === null ? null : Number(match[1]) * UNIT_MS[match[2] as Unit];
};
