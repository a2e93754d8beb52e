// The judge of rows: nothing lost, nothing paid twice, no row with two endings, no money without a reason. Pure.
import type { RowFacts, RowVerdict, Violation } from './row-facts.ts';

/** The same for outpaint and for the controls: what it says rests on the account's book, the bucket and what was written down. */
export const judgeRow = (row: RowFacts): RowVerdict => {
  const billed = row.ledger.filter((entry) => entry.billed);
  const isDelivered = row.endings.includes('delivered');
  const found: Violation[] = [];
  if (isDelivered ? row.object === null : row.endings.length === 0 && !row.isHeld) found.push('lost');
  if (billed.length > 1) found.push('billed_twice');
  if (row.endings.length > 1 || (row.endings.length > 0 && row.isHeld)) found.push('two_endings');
  const reached = isDelivered && row.object !== null;
  if (billed.length > 0 && !reached && row.explanation === null) found.push('unexplained');
  // The object says which task made it: a task of another row is another picture.
  const tasks = row.ledger.map((entry) => entry.taskId);
  if (row.object?.taskId && !tasks.includes(row.object.taskId)) found.push('swapped');
  if (row.object !== null && !isDelivered) found.push('unclaimed');
  return { name: row.name, violations: found };
};

export interface RowFigures {
  readonly rows: number;
  readonly delivered: number;
  readonly dead: number;
  readonly cancelled: number;
  readonly held: number;
  readonly submits: number;
  readonly billed: number;
  /** Rows of each violation. */
  readonly violations: Readonly<Record<Violation, number>>;
  /** Paid pictures that are not in the bucket, by the reason that is known. */
  readonly explained: Readonly<Record<string, number>>;
  /** How often each move was made. */
  readonly moves: Readonly<Record<string, number>>;
}

const countBy = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

export const figuresOf = (rows: readonly RowFacts[]): RowFigures => {
  const verdicts = rows.map(judgeRow);
  const having = (violation: Violation): number => verdicts.filter((one) => one.violations.includes(violation)).length;
  const ending = (name: string): number => rows.filter((row) => row.endings.includes(name)).length;
  const reached = (row: RowFacts): boolean => row.endings.includes('delivered') && row.object !== null;
  const paidFor = (row: RowFacts): boolean => row.ledger.some((entry) => entry.billed);
  return {
    rows: rows.length,
    delivered: ending('delivered'),
    dead: ending('dead_lettered'),
    cancelled: ending('cancelled'),
    held: rows.filter((row) => row.isHeld).length,
    submits: rows.reduce((sum, row) => sum + row.ledger.length, 0),
    billed: rows.reduce((sum, row) => sum + row.ledger.filter((entry) => entry.billed).length, 0),
    violations: {
      lost: having('lost'),
      billed_twice: having('billed_twice'),
      two_endings: having('two_endings'),
      unexplained: having('unexplained'),
      swapped: having('swapped'),
      unclaimed: having('unclaimed'),
    },
    moves: countBy(rows.flatMap((row) => row.moves)),
    explained: countBy(rows.filter((row) => paidFor(row) && !reached(row)).flatMap((row) => row.explanation ?? [])),
  };
};

/** Sentences about the sums: accepted = delivered + dead-lettered + cancelled + held; billed = delivered + explained. */
export const judgeSums = (figures: RowFigures): string[] => {
  const { rows, delivered, dead, cancelled, held, billed, explained } = figures;
  const ended = delivered + dead + cancelled + held;
  const accounted = delivered + Object.values(explained).reduce((sum, n) => sum + n, 0);
  return [
    ...(ended === rows ? [] : [`${rows} rows were accepted and ${ended} have an ending or are held`]),
    ...(accounted === billed ? [] : [`${billed} pictures were billed and ${accounted} are delivered or explained`]),
  ];
};
