// The licence in the model: who may pay now, asked in the order that docs/lifecycle.md gives.
import type { BatchName, ExpansionId } from '@outpaint/shared/contract/ids';
import { RECORD_VERSION } from '@outpaint/shared/lifecycle/record';
import type { LicenceAnswer, LicenceTerms } from '@outpaint/shared/record/record-store';
import { deliveringFirst, gapInForce, slotsInForce } from './model-limits.ts';
import { moveRow, remember, reportDue, toBacklogHead } from './model-moves.ts';
import { batchOf, hopOf, type ModelBatch, type ModelState, statusOf } from './model-state.ts';

const numberIn = (batch: ModelBatch, name: string): number | null => {
  const text = batch.fields.get(name);
  return text === undefined ? null : Number(text);
};

/** What the batch has against it: its failures or its budget; either pauses it. */
const limitReached = (batch: ModelBatch, terms: LicenceTerms): 'threshold' | 'budget' | null => {
  const { dead_lettered: dead, delivered } = batch.counts;
  const [most, percent, budget] = [
    numberIn(batch, 'failures_max'),
    numberIn(batch, 'failures_percent'),
    numberIn(batch, 'budget'),
  ];
  if (most !== null && dead > 0 && dead >= most) return 'threshold';
  const finished = dead + delivered;
  if (percent !== null && finished >= terms.thresholdSampleMin && dead * 100 >= percent * finished) return 'threshold';
  return budget !== null && batch.reserved + batch.spent + terms.priceMicro > budget ? 'budget' : null;
};

export const modelLicence = (
  state: ModelState,
  record: { id: ExpansionId; batch: BatchName; hop: number },
  terms: LicenceTerms,
  caller: string,
  now: number,
): LicenceAnswer => {
  const { id } = record;
  const row = state.rows.get(id);
  if (row === undefined) return { kind: 'stale' };
  const { fields } = row;
  const isMine = fields.get('caller') === caller && fields.get('licence') === caller;
  if (isMine && statusOf(row) === 'submitting')
    return { kind: 'granted', licence: caller, at: Number(fields.get('answer')), mark: 0 };
  if (statusOf(row) !== 'accepted' || hopOf(row) !== record.hop || !state.fed.has(id)) return { kind: 'stale' };

  const batch = batchOf(state, record.batch);
  const returned = (reason: string): LicenceAnswer => {
    toBacklogHead(state, id, batch);
    return { kind: 'returned', reason };
  };
  const run = batch.fields.get('run');
  if (run === 'cancelling' || run === 'cancelled') return { kind: 'cancelled' };
  if (run !== 'running') return returned('batch_paused');
  const limit = limitReached(batch, terms);
  if (limit !== null) {
    batch.fields.set('run', 'paused').set('paused_by', limit).set('paused_at', String(now));
    state.ready.delete(batch.name);
    reportDue(batch, now);
    return returned(limit);
  }
  const isProbe = state.line !== null;
  if (state.line !== null && now < Number(state.line.get('probe_at'))) return returned('line_halted');
  const first = deliveringFirst(state, terms, now);
  if (first !== null) return returned(first);
  if (state.slots.size >= slotsInForce(state, terms.slots, now)) return returned('no_slot');
  if (state.paceAt > now) return { kind: 'wait', ms: state.paceAt - now };

  state.paceAt = now + gapInForce(state, terms.submitGapMs, now);
  if (state.line !== null) {
    const gap = Math.min(Number(state.line.get('probe_gap')) * 2, terms.lineProbeMsMax);
    state.line
      .set('probe_at', String(now + gap))
      .set('probe_gap', String(gap))
      .set('probe_id', id);
    fields.set('probe', '1');
  }
  moveRow(state, row, 'submitting', batch.name, now);
  fields
    .set('v', String(RECORD_VERSION))
    .set('status', 'submitting')
    .set('hop', String(record.hop))
    .set('batch', batch.name);
  fields.set('licence', caller).set('caller', caller).set('answer', String(now)).set('sent_at', String(now));
  fields.set('reserved', String(terms.priceMicro)).set('price', String(terms.priceMicro));
  fields.set('key_name', terms.keyName);
  batch.reserved += terms.priceMicro;
  state.watch.set(id, now + terms.watchMs);
  remember(row, now, 'licensed', 'submitting', isProbe ? 'probe' : '');
  state.licences += 1;
  state.licensedAt = now;
  state.marks = [caller, ...state.marks].slice(0, 1_000);
  return { kind: 'granted', licence: caller, at: now, mark: state.licences };
};
