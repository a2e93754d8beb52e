// Numbers and counted nouns as people read them.

const THOUSANDS = new Intl.NumberFormat('en-US');

export const numberText = (n: number): string => THOUSANDS.format(n);

/** `1 row`, `1,000 rows`. */
export const countText = (n: number, one: string, many = `${one}s`): string =>
  `${numberText(n)} ${n === 1 ? one : many}`;

/** `512 B`, `1.5 GB`: decimal units, two significant digits or more. */
export const byteText = (bytes: number): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (value >= 1_000 && unit < units.length - 1) [value, unit] = [value / 1_000, unit + 1];
  return `${value >= 10 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
};
