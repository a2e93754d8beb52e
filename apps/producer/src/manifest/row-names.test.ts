// A name or a key that an earlier row has is found, whichever of the two rows has a key of its own.
import { parseRequest } from '@outpaint/shared/contract/request';
import { describe, expect, it } from 'vitest';
import { RowNames } from './row-names.ts';

/** A row's name, and its key where it has one of its own. */
type Row = readonly [name: string, key?: string];

const requestOf = ([customId, key]: Row) => {
  const more = key === undefined ? {} : { output_key: key };
  const input = { custom_id: customId, batch: 'spring', source: 'https://cdn.example.com/a.jpg', ...more };
  const parsed = parseRequest({ ...input, parameters: { x_scale: 2 } }, { randomCustomId: () => 'never' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.request;
};

const seenOf = (rows: readonly Row[]) => {
  const names = new RowNames();
  return rows.map((row, i) => names.see(requestOf(row), i + 1));
};

describe('rows of one manifest', () => {
  it.each<[string, readonly Row[], unknown]>([
    ['the same name twice', [['a'], ['b'], ['a']], { field: 'custom_id', line: 1 }],
    ['the same name, first with a key of its own', [['a', 'x/1.jpg'], ['a']], { field: 'custom_id', line: 1 }],
    ['the same name, then with a key of its own', [['a'], ['a', 'x/1.jpg']], { field: 'custom_id', line: 1 }],
    [
      'the same key of their own',
      [
        ['a', 'x/1.jpg'],
        ['b', 'x/1.jpg'],
      ],
      { field: 'output_key', line: 1 },
    ],
    ['a key that another name has by default', [['a'], ['b', 'spring/a.jpg']], { field: 'output_key', line: 1 }],
    ['a name whose default key another row has', [['b', 'spring/a.jpg'], ['a']], { field: 'output_key', line: 1 }],
    [
      'name and key: the name is told',
      [
        ['a', 'x/1.jpg'],
        ['a', 'x/1.jpg'],
      ],
      { field: 'custom_id', line: 1 },
    ],
    ['names and keys of their own', [['a'], ['b', 'x/1.jpg'], ['c'], ['d', 'x/2.jpg']], null],
    ['a key that is written as it would be by default', [['a', 'spring/a.jpg'], ['b']], null],
  ])('%s', (_, rows, last) => {
    const seen = seenOf(rows);
    expect(seen.slice(0, -1).every((one) => one === null)).toBe(true);
    expect(seen.at(-1)).toEqual(last);
  });

  it('that was refused takes no place: what it would have had is free', () => {
    expect(seenOf([['a'], ['a', 'x/1.jpg'], ['b', 'x/1.jpg']])).toEqual([null, { field: 'custom_id', line: 1 }, null]);
  });
});
