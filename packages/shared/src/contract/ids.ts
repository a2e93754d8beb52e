// The names of things: branded, so that a batch's name never goes where an expansion's id is meant.
import { createHash } from 'node:crypto';
import { OutpaintError } from '../errors/outpaint-error.ts';
import { base32 } from './base32.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Our id of one expansion: `x_` and 26 characters of lower-case base32. */
export type ExpansionId = Branded<'ExpansionId'>;
export type BatchName = Branded<'BatchName'>;
/** The caller's own name of one expansion, unique in its batch. */
export type CustomId = Branded<'CustomId'>;
/** Upstream's id of one task; what it looks like is upstream's business. */
export type TaskId = Branded<'TaskId'>;

/** The batch of an expansion that was handed in without one. */
export const SINGLE_BATCH = '_single' as BatchName;

export const BATCH_NAME_ALLOWED = '1 to 128 of A-Z a-z 0-9 . _ -, not starting with an underscore, not "." or ".."';
const BATCH_NAME = /^[A-Za-z0-9.-][A-Za-z0-9._-]{0,127}$/;
const EXPANSION_ID = /^x_[a-z2-7]{26}$/;
const HASH_CHARS = 26;
const TASK_ID_CHARS_MAX = 256;

/**
 * The id of an expansion. The same pair always gives the same id, which is what makes handing in a row twice harmless.
 * 26 characters are 130 bits of SHA-256: two pairs do not meet by chance.
 */
export const expansionIdOf = (batch: BatchName, customId: CustomId): ExpansionId => {
  const hash = createHash('sha256').update(`${batch}\0${customId}`, 'utf8').digest();
  return `x_${base32(hash).slice(0, HASH_CHARS)}` as ExpansionId;
};

export const isBatchName = (text: unknown): text is BatchName =>
  text === SINGLE_BATCH || (typeof text === 'string' && BATCH_NAME.test(text) && text !== '.' && text !== '..');

export const isExpansionId = (text: unknown): text is ExpansionId =>
  typeof text === 'string' && EXPANSION_ID.test(text);

/** Returns the text as a batch's name; throws `batch_name_invalid`. */
export const asBatchName = (text: unknown): BatchName => {
  if (isBatchName(text)) return text;
  throw new OutpaintError('batch_name_invalid', `A batch's name must be ${BATCH_NAME_ALLOWED}.`, {
    facts: { value: String(text).slice(0, 200) },
  });
};

/** Returns the text as an expansion's id; throws `expansion_id_invalid`. */
export const asExpansionId = (text: unknown): ExpansionId => {
  if (isExpansionId(text)) return text;
  throw new OutpaintError('expansion_id_invalid', 'An expansion id is x_ followed by 26 of a-z and 2-7.', {
    facts: { value: String(text).slice(0, 200) },
  });
};

/** Returns the text as upstream's task id; throws `task_id_invalid` for what cannot stand in a URL path or a Redis key. */
export const asTaskId = (text: unknown): TaskId => {
  if (typeof text === 'string' && text.length <= TASK_ID_CHARS_MAX && /^[A-Za-z0-9._~-]+$/.test(text)) {
    if (text !== '.' && text !== '..') return text as TaskId;
  }
  throw new OutpaintError('task_id_invalid', 'A task id is 1 to 256 of A-Z a-z 0-9 . _ ~ -.', {
    facts: { value: String(text).slice(0, 200) },
  });
};
