// Takes dead-lettered rows back to work, one after the other; stopping and starting again is harmless at any point.

import type { Batch } from '@outpaint/shared/batch/batch';
import { letterJobId } from '@outpaint/shared/contract/dead-letter';
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import type { Policy } from '@outpaint/shared/lifecycle/policy';
import type { Stores } from '../stores/open-stores.ts';
import { type DeadRecord, isDead } from './dead-rows.ts';
import { type RedrivePlan, redrivePlan } from './redrive-plan.ts';

export type RedriveAnswer =
  | { readonly kind: 'redriven'; readonly record: DeadRecord; readonly plan: Extract<RedrivePlan, { kind: 'goes' }> }
  /** Would pay a second time, or pay in a cancelled batch. */
  | { readonly kind: 'left'; readonly record: DeadRecord; readonly reason: string }
  /** It is not dead-lettered (any more): somebody else was quicker, or it never was. */
  | { readonly kind: 'moved'; readonly id: ExpansionId; readonly status: string };

export interface RedriveTerms {
  readonly payAgain: boolean;
  readonly policy: Policy;
  /** A name for one call, never the same twice: a call that is sent again gets its first answer. */
  readonly newCaller: () => string;
}

type RedriveStores = Pick<Stores, 'records' | 'queues' | 'batches'>;

const CHUNK_ROWS = 100;

const isCancelled = (batch: Batch | null): boolean => batch?.run === 'cancelling' || batch?.run === 'cancelled';

export async function* redriveRows(
  stores: RedriveStores,
  ids: readonly ExpansionId[],
  terms: RedriveTerms,
): AsyncGenerator<RedriveAnswer> {
  for (let start = 0; start < ids.length; start += CHUNK_ROWS) {
    const chunk = ids.slice(start, start + CHUNK_ROWS);
    const records = await stores.records.readMany(chunk);
    for (const [i, id] of chunk.entries()) {
      const record = records[i] ?? null;
      if (isDead(record)) yield await redriveRow(stores, record, terms);
      else yield { kind: 'moved', id, status: record?.status ?? 'unknown' };
    }
  }
}

/** The record first, then its token, then the letter: whatever is missing after a crash, the sweeper adds the token. */
const redriveRow = async (
  { records, queues, batches }: RedriveStores,
  record: DeadRecord,
  terms: RedriveTerms,
): Promise<RedriveAnswer> => {
  const plan = redrivePlan(record, terms.payAgain, terms.policy);
  if (plan.kind === 'left') return { kind: 'left', record, reason: plan.reason };
  if (plan.stage === 'submit' && isCancelled(await batches.read(record.batch)))
    return { kind: 'left', record, reason: 'its batch was cancelled, which pays for nothing more' };
  const { transition, next } = plan.settlement;
  if (transition !== null) {
    const applied = await records.apply(record, transition, terms.newCaller());
    if (applied.kind === 'refused') return { kind: 'moved', id: record.id, status: applied.status };
    if (applied.kind === 'gone') return { kind: 'moved', id: record.id, status: 'unknown' };
    if (next.kind === 'token') await queues.addToken(next.stage, record.id, applied.hop, next.delayMs, next.priority);
  }
  await queues.removeLetter(letterJobId(record.id, record.deaths));
  return { kind: 'redriven', record, plan };
};
