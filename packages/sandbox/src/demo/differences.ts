// Compares what the demo came to with what its catalog says must come of each row.
import { EXPANSION_DEFAULTS } from '../picture/expansion-parameters.ts';
import { frameOf } from '../picture/frame-of.ts';
import { type DemoRow, fileOf } from './demo-row.ts';
import type { DemoOutcome } from './outcome.ts';

/** `plan`: a row has problems; `run`: finished, some rows dead-lettered. */
const EXIT_CODES = { plan: 2, run: 3 } as const;

/** A sentence for each difference; none is success. Pure. */
export const differences = (rows: readonly DemoRow[], outcome: DemoOutcome): string[] => {
  const { exitCodes, batch, letters, ledger } = outcome;
  const found: string[] = [];
  const expect = (what: string, wanted: unknown, got: unknown) => {
    if (wanted !== got) found.push(`${what}: expected ${wanted}, got ${got}`);
  };
  const count = (kind: DemoRow['ending']['kind']) => rows.filter((row) => row.ending.kind === kind).length;

  expect('exit code of outpaint plan', EXIT_CODES.plan, exitCodes.plan);
  expect('exit code of outpaint run', EXIT_CODES.run, exitCodes.run);
  expect('rows accepted', rows.length - count('refused'), batch.rows);
  expect('rows delivered', count('delivered'), batch.counts.delivered);
  expect('rows dead-lettered', count('dead_lettered'), batch.counts.dead_lettered);
  expect('dead letters listed', count('dead_lettered'), letters.size);
  for (const row of rows) {
    const billed = ledger.rows.filter((entry) => entry.billed && (entry.source ?? '').includes(`/${fileOf(row)}`));
    expect(`${row.customId}: times billed`, row.ending.kind === 'delivered' ? 1 : 0, billed.length);
    expect(
      `${row.customId}: dead letter`,
      row.ending.kind === 'dead_lettered' ? row.ending.code : undefined,
      letters.get(row.customId),
    );
    expect(
      `${row.customId}: picture in the bucket`,
      sizeText(wantedSize(row)),
      sizeText(outcome.pictures.get(row.customId)),
    );
  }
  expect('pictures billed', count('delivered'), ledger.billed);
  expect('pictures billed twice', 0, ledger.billedTwice.length);
  return found;
};

/** What the documented geometry makes of the row, for the rows that end well. */
export const wantedSize = ({ ending, picture, parameters }: DemoRow) =>
  ending.kind === 'delivered' && picture !== null
    ? frameOf(picture, { ...EXPANSION_DEFAULTS, ...parameters }).output
    : undefined;

const sizeText = (size: { width: number; height: number } | undefined): string =>
  size === undefined ? 'none' : `${size.width}×${size.height}`;
