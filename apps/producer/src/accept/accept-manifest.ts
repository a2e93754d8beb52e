// From the rows of a manifest to an accepted batch: all of it checked before anything is kept.
import type { BatchOptions } from '@outpaint/shared/batch/batch';
import type { Settings } from '@outpaint/shared/config/settings';
import type { BatchName } from '@outpaint/shared/contract/ids';
import type { Problem } from '@outpaint/shared/contract/problem';
import { type CheckedRow, checkRows } from '../manifest/check-rows.ts';
import type { ManifestRow } from '../manifest/manifest-row.ts';
import { type ManifestSummary, summariseRows } from '../manifest/summarise-rows.ts';
import type { Stores } from '../stores/open-stores.ts';
import { acceptRows } from './accept-rows.ts';
import { conflictLine, findConflicts } from './conflicts.ts';

export interface ManifestTerms {
  readonly batch: BatchName;
  /** Leave rows with problems out instead of refusing the whole. */
  readonly keepGoing: boolean;
  /** More rows will come: the batch is not sealed. */
  readonly leaveOpen: boolean;
  readonly options: BatchOptions;
}

export interface BadRow {
  readonly line: number;
  readonly problems: readonly Problem[];
  readonly text?: string;
}

export type AcceptedManifest =
  | {
      readonly kind: 'accepted';
      readonly accepted: number;
      readonly existing: number;
      readonly bad: number;
      readonly conflicts: number;
      readonly summary: ManifestSummary;
    }
  | {
      readonly kind: 'refused';
      readonly why: 'no_rows' | 'bad_rows' | 'conflicts' | 'cancelled' | 'stopped';
      readonly message: string;
      readonly rowsRead: number;
      /** The first hundred. */
      readonly rows: readonly BadRow[];
    };

export interface ManifestDeps {
  readonly stores: Pick<Stores, 'batches' | 'records' | 'memoryUse'>;
  readonly price: Settings<'price'>['price'];
  readonly stop: AbortSignal;
}

const ROWS_SHOWN_MAX = 100;

const badRows = async (rows: AsyncIterable<CheckedRow>): Promise<BadRow[]> => {
  const shown: BadRow[] = [];
  for await (const row of rows) {
    if (row.ok) continue;
    shown.push({ line: row.line, problems: row.problems, text: row.text });
    if (shown.length === ROWS_SHOWN_MAX) break;
  }
  return shown;
};

/** Limits as they are kept with a schedule: null where there is none. */
export const optionsOfLimits = (limits: {
  readonly budgetMicro: number | null;
  readonly failuresMax: number | null;
  readonly failuresPercent: number | null;
}): BatchOptions => ({
  ...(limits.budgetMicro === null ? {} : { budgetMicro: limits.budgetMicro }),
  ...(limits.failuresMax === null ? {} : { failuresMax: limits.failuresMax }),
  ...(limits.failuresPercent === null ? {} : { failuresPercent: limits.failuresPercent }),
});

/** Safe to repeat, also after it was cut off in the middle: known rows cost nothing again. Throws `redis_nearly_full`. */
export const acceptManifest = async (
  deps: ManifestDeps,
  manifest: { rows(): AsyncIterable<ManifestRow> },
  terms: ManifestTerms,
): Promise<AcceptedManifest> => {
  const { stores, price } = deps;
  const { batch } = terms;
  const rows = (): AsyncGenerator<CheckedRow> => checkRows(manifest.rows(), { batch });
  const summary = await summariseRows(rows(), price);
  const refused = (
    why: Extract<AcceptedManifest, { kind: 'refused' }>['why'],
    message: string,
    shown: readonly BadRow[] = [],
  ): AcceptedManifest => ({ kind: 'refused', why, message, rowsRead: summary.rows, rows: shown });

  if (summary.rows === 0) return refused('no_rows', 'The manifest has no rows: nothing was accepted.');
  if (summary.accepted === 0 || (summary.refused > 0 && !terms.keepGoing)) {
    return refused(
      'bad_rows',
      `${summary.refused} of ${summary.rows} rows cannot be accepted, so nothing was. Correct them, or let the others in by leaving these out.`,
      await badRows(rows()),
    );
  }
  if (summary.unreadAfter !== null) {
    return refused(
      'bad_rows',
      `The manifest could not be read beyond line ${summary.unreadAfter}, so nothing was accepted. Rows may be left out, not the rest of a file.`,
      await badRows(rows()),
    );
  }
  const known = await stores.batches.read(batch);
  if (known?.run === 'cancelled' || known?.run === 'cancelling')
    return refused('cancelled', `The batch ${batch} was cancelled and takes no rows: use another name.`);
  if (known !== null && known.rows > 0 && !terms.keepGoing) {
    const conflicts = await findConflicts(stores.records, rows());
    if (conflicts.rows > 0) {
      return refused(
        'conflicts',
        `${conflicts.rows} rows were accepted in ${batch} with other content, so nothing was accepted.`,
        conflicts.first.slice(0, ROWS_SHOWN_MAX).map((conflict) => ({
          line: conflict.line,
          problems: conflict.fields.map((field) => ({
            field,
            value: undefined,
            message: 'differs from what was accepted',
            remedy: conflictLine(conflict),
          })),
        })),
      );
    }
  }
  await stores.batches.open(batch, {
    ...terms.options,
    ...(known === null ? { currency: price.priceCurrency } : {}),
  });
  const acceptance = await acceptRows(stores, batch, rows(), deps.stop, () => undefined);
  if (!acceptance.complete)
    return refused('stopped', `${acceptance.accepted} rows were accepted; send the same manifest again.`);
  if (!terms.leaveOpen) await stores.batches.seal(batch);
  return {
    kind: 'accepted',
    accepted: acceptance.accepted,
    existing: acceptance.existing,
    bad: acceptance.refused,
    conflicts: acceptance.conflicts.rows,
    summary,
  };
};
