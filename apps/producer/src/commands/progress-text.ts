// The line that shows how far a batch is, and the sentence for each turn that it takes. Pure.
import { type Batch, unfinishedRows } from '@outpaint/shared/batch/batch';
import type { LineState } from '@outpaint/shared/batch/batch-store';
import { formatMoney } from '@outpaint/shared/contract/money';
import { countText, numberText } from '../terminal/count-text.ts';
import { durationText } from '../terminal/duration-text.ts';
import { printable } from '../terminal/printable.ts';
import { rowsAtWork } from '../view/ending.ts';

export const PAUSED_TEXT: Readonly<Record<NonNullable<Batch['pausedBy']>, string>> = {
  person: 'paused by a person',
  budget: 'paused, its budget is reached',
  threshold: 'paused, too many rows failed',
  window: 'paused until its hours begin',
};

const spentText = (batch: Batch): string => {
  const spent = formatMoney(batch.spentMicro, batch.currency);
  return batch.budgetMicro === null
    ? `${spent} spent`
    : `${spent} of ${formatMoney(batch.budgetMicro, batch.currency)} spent`;
};

const rateTexts = (batch: Batch, perMinute: number | null): string[] => {
  if (perMinute === null || perMinute <= 0) return [];
  const secondsLeft = (unfinishedRows(batch) / perMinute) * 60;
  return [
    `${perMinute < 10 ? perMinute.toFixed(1) : Math.round(perMinute)}/min`,
    `about ${durationText(secondsLeft)} left`,
  ];
};

/** Everything on one line, what matters most first: a narrow terminal cuts its end. */
export const progressText = (batch: Batch, line: LineState, perMinute: number | null): string => {
  const { counts } = batch;
  const turns = [
    ...(batch.run === 'paused' && batch.pausedBy !== null ? [PAUSED_TEXT[batch.pausedBy]] : []),
    ...(batch.run === 'cancelling' ? ['being cancelled'] : []),
    ...(line.state === 'halted' ? [`LINE HALTED (${printable(line.code ?? 'unknown')})`] : []),
  ];
  return [
    `${batch.name}: ${numberText(counts.delivered)} of ${numberText(batch.rows)} done`,
    ...turns,
    `${numberText(counts.dead_lettered)} failed`,
    `${numberText(counts.in_doubt)} in doubt`,
    `${numberText(rowsAtWork(batch))} at work`,
    `${numberText(counts.accepted)} waiting`,
    spentText(batch),
    ...rateTexts(batch, perMinute),
  ].join(' · ');
};

type Seen = { readonly batch: Batch; readonly line: LineState };

/** What is new since the last look and worth a sentence of its own; `before` is null at the first look. */
export const turnTexts = (before: Seen | null, { batch, line }: Seen): string[] => {
  const texts: string[] = [];
  const wasPaused = before?.batch.run === 'paused' ? before.batch.pausedBy : null;
  if (batch.run === 'paused' && batch.pausedBy !== wasPaused && batch.pausedBy !== null) {
    const how = batch.pausedBy === 'person' ? ` outpaint batch resume ${batch.name} lets it go on.` : '';
    texts.push(`${batch.name} is ${PAUSED_TEXT[batch.pausedBy]}.${how}`);
  } else if (batch.run === 'running' && before?.batch.run === 'paused') texts.push(`${batch.name} goes on.`);
  if (line.state === 'halted' && before?.line.state !== 'halted') {
    texts.push(
      `The line is halted by the account (${printable(line.code ?? 'unknown')}): ${printable(line.message ?? 'no reason given')}. Nothing is submitted; what is at work is finished.`,
    );
  } else if (line.state === 'running' && before?.line.state === 'halted') texts.push('The line runs again.');
  const doubts = batch.counts.in_doubt - (before?.batch.counts.in_doubt ?? batch.counts.in_doubt);
  if (doubts > 0) texts.push(`${countText(doubts, 'submit')} in doubt: perhaps paid, so held and not sent again.`);
  return texts;
};
