// From the rows of an upload to an accepted batch: all of it checked before anything is kept.
import type { BatchOptions } from '@outpaint/shared/batch/batch';
import type { BatchName } from '@outpaint/shared/contract/ids';
import type { Problem } from '@outpaint/shared/contract/problem';
import { acceptRows } from '../accept/accept-rows.ts';
import { conflictLine, findConflicts } from '../accept/conflicts.ts';
import { type CheckedRow, checkRows } from '../manifest/check-rows.ts';
import type { ManifestRow } from '../manifest/manifest-row.ts';
import { type ManifestSummary, summariseRows } from '../manifest/summarise-rows.ts';
import { fieldErrors, HttpProblem, type ProblemBody } from './problem.ts';
import type { ServerContext } from './server-context.ts';

export interface UploadTerms {
  readonly batch: BatchName;
  readonly keepGoing: boolean;
  /** More rows will come: the batch stays open. */
  readonly leaveOpen: boolean;
  readonly options: BatchOptions;
}

export interface UploadResult {
  readonly accepted: number;
  readonly existing: number;
  readonly bad: number;
  readonly conflicts: number;
  readonly summary: ManifestSummary;
}

const ROWS_SHOWN_MAX = 100;

const badRows = async (rows: AsyncIterable<CheckedRow>): Promise<NonNullable<ProblemBody['rows']>> => {
  const shown: NonNullable<ProblemBody['rows']>[number][] = [];
  for await (const row of rows) {
    if (row.ok) continue;
    shown.push({ line: row.line, errors: fieldErrors(row.problems), text: row.text });
    if (shown.length === ROWS_SHOWN_MAX) break;
  }
  return shown;
};

/** Safe to repeat, also after it was cut off in the middle: known rows cost nothing again. Throws `manifest_invalid`. */
export const acceptUpload = async (
  context: ServerContext,
  manifest: { rows(): AsyncIterable<ManifestRow> },
  terms: UploadTerms,
): Promise<UploadResult> => {
  const { stores, settings } = context;
  const { batch } = terms;
  const rows = (): AsyncGenerator<CheckedRow> => checkRows(manifest.rows(), { batch });
  const summary = await summariseRows(rows(), settings.price);
  if (summary.rows === 0) throw new HttpProblem('manifest_invalid', 'The manifest has no rows: nothing was accepted.');
  if (summary.accepted === 0 || (summary.refused > 0 && !terms.keepGoing)) {
    throw new HttpProblem(
      'manifest_invalid',
      `${summary.refused} of ${summary.rows} rows cannot be accepted, so nothing was. Correct them, or leave them out with keep_going=true.`,
      { rows: await badRows(rows()) },
    );
  }
  const known = await stores.batches.read(batch);
  if (known?.run === 'cancelled' || known?.run === 'cancelling')
    throw new HttpProblem('batch_cancelled', `The batch ${batch} was cancelled and takes no rows: use another name.`);
  if (known !== null && known.rows > 0 && !terms.keepGoing) {
    const conflicts = await findConflicts(stores.records, rows());
    if (conflicts.rows > 0) {
      throw new HttpProblem(
        'expansion_conflict',
        `${conflicts.rows} rows were accepted in ${batch} with other content, so nothing was accepted.`,
        {
          rows: conflicts.first.slice(0, ROWS_SHOWN_MAX).map((conflict) => ({
            line: conflict.line,
            errors: fieldErrors(
              conflict.fields.map(
                (field): Problem => ({ field, value: undefined, message: 'differs', remedy: conflictLine(conflict) }),
              ),
            ),
          })),
        },
      );
    }
  }
  await stores.batches.open(batch, {
    ...terms.options,
    ...(known === null ? { currency: settings.price.priceCurrency } : {}),
  });
  const acceptance = await acceptRows(stores, batch, rows(), context.stopping, () => undefined);
  if (!acceptance.complete)
    throw new HttpProblem('stopping', `${acceptance.accepted} rows were accepted; send the same manifest again.`);
  if (!terms.leaveOpen) await stores.batches.seal(batch);
  return {
    accepted: acceptance.accepted,
    existing: acceptance.existing,
    bad: acceptance.refused,
    conflicts: acceptance.conflicts.rows,
    summary,
  };
};
