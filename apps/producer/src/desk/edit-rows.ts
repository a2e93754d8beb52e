// Edits dead-lettered rows and their letters, some at a time. Safe to repeat: a row that has the wish already is left as it is.
import { letterJobId } from '@outpaint/shared/contract/dead-letter';
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import type { Policy } from '@outpaint/shared/lifecycle/policy';
import type { TokenQueues } from '@outpaint/shared/queue/token-queues';
import type { EditStore } from '@outpaint/shared/record/edit-store';
import type { RecordStore } from '@outpaint/shared/record/record-store';
import { type DeadRecord, isDead } from './dead-rows.ts';
import { type Edit, type EditedRow, editRow } from './edit-row.ts';
import { type EditWish, editOf } from './edit-wish.ts';
import { inStep } from './in-step.ts';

export type EditAnswer =
  | (EditedRow & { readonly record: DeadRecord })
  /** It is not dead-lettered (any more), or somebody else edited it. */
  | { readonly kind: 'moved'; readonly id: ExpansionId };

export interface EditStores {
  readonly edits: EditStore;
  readonly queues: Pick<TokenQueues, 'rewriteLetter'>;
}

/**
 * One row, checked like a new request and written only if it stands as it was read; then its letter, for whoever takes that
 * from the queue. Killed between the two, the same edit finds nothing to change in the row and puts the letter right. A
 * letter that somebody has taken does not come back.
 */
export const applyEdit = async (
  { edits, queues }: EditStores,
  record: DeadRecord,
  edit: Edit,
  policy: Policy,
): Promise<EditAnswer> => {
  const edited = editRow(record, edit, policy);
  if (edited.kind === 'wrong' || edited.kind === 'paid') return { ...edited, record };
  const request = edited.kind === 'edited' ? edited.request : record.request;
  if (edited.kind === 'edited') {
    const answer = await edits.edit(record, request, edited.fields.join(', '));
    if (answer !== 'edited') return { kind: 'moved', id: record.id };
  }
  await queues.rewriteLetter(letterJobId(record.id, record.deaths), (letter) =>
    letter.expansion_id === null ? letter : { ...letter, request },
  );
  return { ...edited, record };
};

export const editRows = (
  { records, ...stores }: EditStores & { readonly records: Pick<RecordStore, 'readMany'> },
  ids: readonly ExpansionId[],
  wish: EditWish,
  policy: Policy,
): AsyncGenerator<EditAnswer> =>
  inStep(ids, async (chunk) => {
    const found = await records.readMany(chunk);
    return Promise.all(
      chunk.map(async (id, i): Promise<EditAnswer> => {
        const record = found[i] ?? null;
        return isDead(record) ? applyEdit(stores, record, editOf(record.request, wish), policy) : { kind: 'moved', id };
      }),
    );
  });
