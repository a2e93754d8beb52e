// What the contact sheet shows of one row: the picture before, the picture after or why there is none, and its words.
import { readFile } from 'node:fs/promises';
import { EXPANSION_DEFAULTS } from '../../picture/expansion-parameters.ts';
import { type Frame, frameOf, type Size } from '../../picture/frame-of.ts';
import { type DemoRow, sourceOf } from '../demo-row.ts';
import type { DemoOutcome } from '../outcome.ts';

export interface SheetRow {
  readonly name: string;
  /** As in the manifest; the mark is left out, since nearly all rows turn it off. */
  readonly parameters: string;
  readonly before: { readonly bytes: Buffer; readonly size: Size } | null;
  readonly after: {
    readonly bytes: Buffer;
    readonly size: Size;
    /** From the contact sheet's folder. */
    readonly file: string;
    /** Where the old picture lies in it. */
    readonly frame: Frame;
    readonly angle: number;
  } | null;
  /** Why there is no picture. */
  readonly code: string | null;
}

/** Fetches each picture as it was before from where the API found it. Rows that were refused are not shown. */
export const readSheetRows = async (
  rows: readonly DemoRow[],
  outcome: DemoOutcome,
  place: { readonly controlUrl: string; readonly file: (customId: string) => { path: string; relative: string } },
): Promise<SheetRow[]> => {
  const shown: SheetRow[] = [];
  for (const row of rows) {
    if (row.ending.kind === 'refused') continue;
    const { customId, picture } = row;
    const parameters = { ...EXPANSION_DEFAULTS, ...row.parameters };
    const size = outcome.pictures.get(customId);
    const { path, relative } = place.file(customId);
    shown.push({
      name: customId,
      parameters: parametersText(row),
      before: picture === null ? null : { bytes: await fetchBytes(sourceOf(row, place.controlUrl)), size: picture },
      after:
        size === undefined || picture === null
          ? null
          : {
              bytes: await readFile(path),
              size,
              file: relative,
              frame: frameOf(picture, parameters),
              angle: parameters.angle,
            },
      code: outcome.letters.get(customId) ?? null,
    });
  }
  return shown;
};

const parametersText = ({ parameters }: DemoRow): string =>
  Object.entries(parameters)
    .filter(([name]) => name !== 'add_watermark')
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

const fetchBytes = async (url: string): Promise<Buffer> => Buffer.from(await (await fetch(url)).arrayBuffer());
