// A demo that came out wrong must not say that all is well: each kind of difference is found by name.
import { describe, expect, test } from 'vitest';
import type { Size } from '../picture/frame-of.ts';
import type { DemoRow } from './demo-row.ts';
import { sourceOf } from './demo-row.ts';
import { DEMO_ROWS } from './demo-rows.ts';
import { differences, wantedSize } from './differences.ts';
import type { DemoOutcome } from './outcome.ts';

const ending = (kind: DemoRow['ending']['kind']) => DEMO_ROWS.filter((row) => row.ending.kind === kind);
const billedRow = (row: DemoRow) => ({ source: sourceOf(row, 'http://127.0.0.1:1/_sandbox'), billed: true });

const GOOD: DemoOutcome = {
  exitCodes: { plan: 2, run: 3 },
  batch: {
    rows: DEMO_ROWS.length - ending('refused').length,
    counts: { delivered: ending('delivered').length, dead_lettered: ending('dead_lettered').length, in_doubt: 0 },
    currency: 'CNY',
    spent: '4.32',
  },
  letters: new Map(
    DEMO_ROWS.flatMap(({ customId, ending }) =>
      ending.kind === 'dead_lettered' ? [[customId, ending.code] as const] : [],
    ),
  ),
  ledger: {
    rows: ending('delivered').map(billedRow),
    billed: ending('delivered').length,
    tasks: 25,
    submits: 30,
    billedTwice: [],
  },
  pictures: new Map(ending('delivered').map((row) => [row.customId, wantedSize(row) as Size])),
};

describe('differences', () => {
  test('finds none when every row ended as the catalog says', () => {
    expect(differences(DEMO_ROWS, GOOD)).toEqual([]);
  });

  test('finds a picture that was billed twice', () => {
    const [first] = GOOD.ledger.rows;
    const ledger = { ...GOOD.ledger, rows: [...GOOD.ledger.rows, ...(first === undefined ? [] : [first])] };
    expect(differences(DEMO_ROWS, { ...GOOD, ledger })).toEqual(['shoe-01: times billed: expected 1, got 2']);
  });

  test('finds a picture that is missing and one of another size', () => {
    const pictures = new Map(GOOD.pictures).set('shoe-01', { width: 1200, height: 900 });
    pictures.delete('bottle-02');
    expect(differences(DEMO_ROWS, { ...GOOD, pictures })).toEqual([
      'shoe-01: picture in the bucket: expected 1600×900, got 1200×900',
      'bottle-02: picture in the bucket: expected 1100×1100, got none',
    ]);
  });

  test('finds a dead letter of another code', () => {
    const letters = new Map(GOOD.letters).set('missing-25', 'task_deadline_passed');
    expect(differences(DEMO_ROWS, { ...GOOD, letters })).toEqual([
      'missing-25: dead letter: expected InvalidParameter.FileDownload, got task_deadline_passed',
    ]);
  });

  test('finds another exit code', () => {
    expect(differences(DEMO_ROWS, { ...GOOD, exitCodes: { plan: 2, run: 6 } })).toEqual([
      'exit code of outpaint run: expected 3, got 6',
    ]);
  });
});
