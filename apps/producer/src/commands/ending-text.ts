// What a batch has come to, and what a person can do next, in sentences. Pure.
import type { Batch } from '@outpaint/shared/batch/batch';
import type { LineState } from '@outpaint/shared/batch/batch-store';
import { formatMoney } from '@outpaint/shared/contract/money';
import { explain } from '@outpaint/shared/errors/classify';
import { countText, numberText } from '../terminal/count-text.ts';
import { printable } from '../terminal/printable.ts';
import type { Ending } from '../view/ending.ts';

const FIRST: Readonly<Record<Ending, (batch: Batch, line: LineState) => string>> = {
  finished: ({ name }) => `${name} is finished.`,
  cancelled: ({ name }) => `${name} was cancelled.`,
  budget: ({ name, budgetMicro, currency }) =>
    `${name} is paused: one more picture would exceed its budget of ${formatMoney(budgetMicro ?? 0, currency)}. outpaint batch resume ${name} --budget AMOUNT raises it and goes on.`,
  threshold: ({ name }) =>
    `${name} is paused: too many rows failed. Look at them first; outpaint batch resume ${name} --max-failures N raises the limit and goes on.`,
  window: ({ name }) =>
    `The time of ${name} is over: nothing more is submitted. The same run with --max-duration gives it more; outpaint batch resume ${name} lets it go on without an end.`,
  line_halted: (_, line) => {
    const code = line.code ?? 'unknown';
    return `The line is halted by the account: ${printable(code)}. ${explain(code).remedy} A probe opens it by itself, outpaint line resume at once.`;
  },
};

export const endingText = (ending: Ending, batch: Batch, line: LineState): string => {
  const { counts, name } = batch;
  const lines = [
    FIRST[ending](batch, line),
    `${numberText(counts.delivered)} of ${countText(batch.rows, 'row')} delivered, ${formatMoney(batch.spentMicro, batch.currency)} spent.`,
  ];
  if (counts.dead_lettered > 0) {
    lines.push(
      `${countText(counts.dead_lettered, 'row')} dead-lettered: outpaint dead-letter list --batch ${name} says why.`,
    );
  }
  if (counts.in_doubt > 0) {
    lines.push(
      `${countText(counts.in_doubt, 'submit')} in doubt, perhaps paid: outpaint reconcile looks for their tasks.`,
    );
  }
  if (counts.cancelled > 0) lines.push(`${countText(counts.cancelled, 'row')} cancelled, nothing paid for them.`);
  if (counts.accepted > 0) lines.push(`${countText(counts.accepted, 'row')} still waiting.`);
  return lines.join('\n');
};
