// Edits dead-lettered rows, some at a time. Safe to repeat: a row that has the wish already is left as it is.
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import type { Policy } from '@outpaint/shared/lifecycle/policy';
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

/** One row, checked like a new request and written only if it stands as it was read. */
export const applyEdit = async (
  edits: EditStore,
  record: DeadRecord,
  edit: Edit,
  policy: Policy,
): Promise<EditAnswer> => {
  const edited = editRow(record, edit, policy);
  if (edited.kind !== 'edited') return { ...edited, record };
  const answer = await edits.edit(record, edited.request, edited.fields.join(', '));
  return answer === 'edited' ? { ...edited, record } : { kind: 'moved', id: record.id };
};

export const editRows = (
  { records, edits }: { readonly records: Pick<RecordStore, 'readMany'>; readonly edits: EditStore },
  ids: readonly ExpansionId[],
  wish: EditWish,
  policy: Policy,
): AsyncGenerator<EditAnswer> =>
  inStep(ids, async (chunk) => {
    const found = await records.readMany(chunk);
    return Promise.all(
      chunk.map(async (id, i): Promise<EditAnswer> => {
        const record = found[i] ?? null;
        return isDead(record) ? applyEdit(edits, record, editOf(record.request, wish), policy) : { kind: 'moved', id };
      }),
    );
  });
