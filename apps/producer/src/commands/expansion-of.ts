// Finds an expansion by what a person has at hand: its id, its letter's id, or BATCH/CUSTOM_ID.
import type { BatchStore } from '@outpaint/shared/batch/batch-store';
import {
  asBatchName,
  type CustomId,
  type ExpansionId,
  expansionIdOf,
  isExpansionId,
} from '@outpaint/shared/contract/ids';
import { isCustomId } from '@outpaint/shared/contract/request';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import type { RecordStore } from '@outpaint/shared/record/record-store';
import { knownBatch } from './known-batch.ts';

/** Pure. A batch's name holds no slash, so the first one ends it; a custom_id may hold more. Throws `expansion_id_invalid`. */
export const expansionIdIn = (text: string): ExpansionId => {
  const withoutDeath = text.replace(/\.\d{1,6}$/, '');
  if (isExpansionId(withoutDeath)) return withoutDeath;
  const slash = text.indexOf('/');
  const customId = text.slice(slash + 1);
  if (slash > 0 && isCustomId(customId)) return expansionIdOf(asBatchName(text.slice(0, slash)), customId as CustomId);
  throw new OutpaintError(
    'expansion_id_invalid',
    `${JSON.stringify(text.slice(0, 200))} names no expansion: give its id (x_ and 26 letters or digits) or BATCH/CUSTOM_ID.`,
  );
};

/** Throws `expansion_unknown`, `batch_unknown` (with the nearest name) or `expansion_id_invalid`. */
export const expansionOf = async (
  stores: { readonly records: Pick<RecordStore, 'read'>; readonly batches: Pick<BatchStore, 'read' | 'list'> },
  text: string,
): Promise<ExpansionRecord> => {
  const id = expansionIdIn(text);
  const record = await stores.records.read(id);
  if (record !== null) return record;
  // A wrong batch is the likelier slip, and the only one that can be guessed.
  if (!isExpansionId(text) && text.includes('/')) await knownBatch(stores.batches, text.slice(0, text.indexOf('/')));
  throw new OutpaintError('expansion_unknown', `There is no expansion ${text}.`, { facts: { id } });
};
