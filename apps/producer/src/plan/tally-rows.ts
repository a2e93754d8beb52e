// What a plan counts of the good rows on their way: the same picture under two ids, kinds, bytes, and where they go.

import { storedText } from '@outpaint/shared/record/stored-request';
import type { CheckedRow } from '../manifest/check-rows.ts';
import { SeenNames } from '../manifest/seen-names.ts';

import { allocatedBytes } from './memory-need.ts';

export interface RowTally {
  /** Rows that want the picture and the parameters of an earlier row under another id: each would be paid. */
  twins: number;
  readonly firstTwins: { readonly line: number; readonly same_as_line: number }[];
  readonly rows: { ordinary: number; best: number };
  /** What Redis takes for the texts of the requests. */
  requestBytes: number;
  readonly outputs: OutputKeys;
}

export interface OutputKeys {
  has(key: string): boolean;
  /** The first part of the keys' paths, with its slash; a bounded number of them. */
  readonly folders: ReadonlySet<string>;
  /** Rows whose keys lie in none of `folders`. */
  elsewhere: number;
}

const TWINS_SHOWN_MAX = 20;
const FOLDERS_MAX = 20;

/** Some 48 bytes a row. Passes the rows on. */
export const tallyRows = (rows: AsyncIterable<CheckedRow>): { tally: RowTally; rows: AsyncGenerator<CheckedRow> } => {
  const pictures = new SeenNames();
  const keys = new SeenNames();
  const folders = new Set<string>();
  const outputs = { has: (key: string) => keys.has(key), folders, elsewhere: 0 };
  const tally: RowTally = { twins: 0, firstTwins: [], rows: { ordinary: 0, best: 0 }, requestBytes: 0, outputs };

  const see = (row: Extract<CheckedRow, { ok: true }>): void => {
    const { request, line } = row;
    const { source, parameters, output_key: key } = request;
    const first = pictures.see(`${JSON.stringify(parameters)} ${source}`, line);
    if (first !== null) {
      tally.twins += 1;
      if (tally.firstTwins.length < TWINS_SHOWN_MAX) tally.firstTwins.push({ line, same_as_line: first });
    }
    tally.rows[parameters.best_quality ? 'best' : 'ordinary'] += 1;
    tally.requestBytes += allocatedBytes(Buffer.byteLength(storedText(request)));
    keys.see(key, line);
    const folder = key.slice(0, key.indexOf('/') + 1);
    if (folder !== '' && (folders.has(folder) || folders.size < FOLDERS_MAX)) folders.add(folder);
    else outputs.elsewhere += 1;
  };
  async function* passed(): AsyncGenerator<CheckedRow> {
    for await (const row of rows) {
      if (row.ok) see(row);
      yield row;
    }
  }
  return { tally, rows: passed() };
};
