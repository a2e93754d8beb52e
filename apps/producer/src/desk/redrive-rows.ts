// Takes dead-lettered rows back to work, some at a time; stopping and starting again is harmless at any point.

import type { Batch } from '@outpaint/shared/batch/batch';
import { letterJobId } from '@outpaint/shared/contract/dead-letter';
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import type { Policy } from '@outpaint/shared/lifecycle/policy';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import type { Stores } from '../stores/open-stores.ts';
import { type DeadRecord, isDead } from './dead-rows.ts';
import { inStep, type Pause } from './in-step.ts';
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
  /** How many rows at once, and what is waited for before the next ones. */
  readonly step?: { readonly size: number; readonly pause: Pause };
}

type RedriveStores = Pick<Stores, 'records' | 'queues' | 'batches'>;

const isCancelled = (batch: Batch | null): boolean => batch?.run === 'cancelling' || batch?.run === 'cancelled';

export const redriveRows = (
  stores: RedriveStores,
  ids: readonly ExpansionId[],
  terms: RedriveTerms,
): AsyncGenerator<RedriveAnswer> =>
  inStep(
    ids,
    async (chunk) => {
      const records = await stores.records.readMany(chunk);
      return Promise.all(chunk.map((id, i) => redriveRow(stores, id, records[i] ?? null, terms)));
    },
    terms.step,
  );

/**
 * The letter first, then the record, then its token. Killed after the letter, the row is still dead-lettered and the same
 * command takes it; after the record, the sweeper adds the token. In no order but this one does a letter outlive the death
 * that it tells of.
 */
const redriveRow = async (
  { records, queues, batches }: RedriveStores,
  id: ExpansionId,
  record: ExpansionRecord | null,
  terms: RedriveTerms,
): Promise<RedriveAnswer> => {
  if (!isDead(record)) return { kind: 'moved', id, status: record?.status ?? 'unknown' };
  const plan = redrivePlan(record, terms.payAgain, terms.policy);
  if (plan.kind === 'left') return { kind: 'left', record, reason: plan.reason };
  if (plan.stage === 'submit' && isCancelled(await batches.read(record.batch)))
    return { kind: 'left', record, reason: 'its batch was cancelled, which pays for nothing more' };
  const { transition, next } = plan.settlement;
  await queues.removeLetter(letterJobId(id, record.deaths));
  if (transition !== null) {
    const applied = await records.apply(record, transition, terms.newCaller());
    if (applied.kind === 'refused') return { kind: 'moved', id, status: applied.status };
    if (applied.kind === 'gone') return { kind: 'moved', id, status: 'unknown' };
    if (next.kind === 'token') await queues.addToken(next.stage, id, applied.hop, next.delayMs, next.priority);
  }
  return { kind: 'redriven', record, plan };
};
