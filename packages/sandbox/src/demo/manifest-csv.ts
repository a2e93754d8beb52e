// Writes a catalog as the CSV that `outpaint plan` and `outpaint run` read: one row per picture, one column per parameter.
import type { DemoRow } from './demo-row.ts';
import { sourceOf } from './demo-row.ts';

/** Only the columns that the rows use, in the order of their first use. Pure. No value needs quotes, and one that would is an error. */
export const manifestCsv = (rows: readonly DemoRow[], controlUrl: string): string => {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row.parameters)))];
  const lines = rows.map((row) =>
    [row.customId, sourceOf(row, controlUrl), ...names.map((name) => String(row.parameters[name] ?? ''))].join(','),
  );
  const header = ['custom_id', 'source', ...names].join(',');
  if (lines.some((line) => line.split(',').length !== names.length + 2 || line.includes('"'))) {
    throw new RangeError('a value of the catalog holds a comma or a quote');
  }
  return [header, ...lines, ''].join('\n');
};
