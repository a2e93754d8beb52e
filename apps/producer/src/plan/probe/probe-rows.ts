// Looks at the sources of rows, several at once, and counts what is wrong by its kind.
import type { CheckedRow } from '../../manifest/check-rows.ts';
import { type FindingCode, SURE } from './judge-picture.ts';
import type { ProbeSource } from './probe-source.ts';

export type GoodRow = Extract<CheckedRow, { ok: true }>;

export interface FoundRow {
  readonly line: number;
  readonly custom_id: string;
  readonly code: FindingCode;
  readonly message: string;
}

export interface ProbeReport {
  readonly probed: number;
  /** Rows by what was found; a row may have several. */
  readonly counts: Partial<Record<FindingCode, number>>;
  /** Rows that would surely fail. */
  readonly failing: number;
  /** The first of each kind, by line. */
  readonly first: readonly FoundRow[];
}

const SHOWN_OF_KIND_MAX = 20;

/** `at` of them at once; holds no more rows than that. `onProbed` hears the count so far. */
export const probeRows = async (
  rows: AsyncIterable<GoodRow> | Iterable<GoodRow>,
  probe: ProbeSource,
  at: number,
  onProbed: (soFar: number) => void,
): Promise<ProbeReport> => {
  const counts: Partial<Record<FindingCode, number>> = {};
  const first: FoundRow[] = [];
  let [probed, failing] = [0, 0];
  const iterator = Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      const { line, request } = next.value;
      const findings = await probe(request);
      probed += 1;
      if (findings.some(({ code }) => SURE[code])) failing += 1;
      for (const { code, message } of findings) {
        counts[code] = (counts[code] ?? 0) + 1;
        if (counts[code] <= SHOWN_OF_KIND_MAX) first.push({ line, custom_id: request.custom_id, code, message });
      }
      onProbed(probed);
    }
  };
  await Promise.all(Array.from({ length: at }, work));
  return { probed, counts, failing, first: first.toSorted((a, b) => a.line - b.line) };
};
