// Rows of cells as aligned columns of text.
import { stripVTControlCharacters } from 'node:util';

const GAP = '  ';

/** Chinese and Japanese characters and emoji take two cells; close enough for names of goods. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;

export const cellsOf = (text: string): number => {
  let cells = 0;
  for (const char of stripVTControlCharacters(text)) cells += WIDE.test(char) ? 2 : 1;
  return cells;
};

/** One line for each row; columns named in `right` are aligned to the right. Trailing spaces are left out. */
export const inColumns = (rows: readonly (readonly string[])[], right: readonly number[] = []): string[] => {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cellsOf(cell));
  }
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const padding = ' '.repeat((widths[i] ?? 0) - cellsOf(cell));
        return right.includes(i) ? padding + cell : cell + padding;
      })
      .join(GAP)
      .trimEnd(),
  );
};
