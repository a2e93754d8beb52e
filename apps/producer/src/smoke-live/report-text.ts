// The report of a trial as people read it: each question with its answer and how sure it is, then what it cost.
import { countText } from '../terminal/count-text.ts';
import type { Paint } from '../terminal/paint.ts';
import { printable } from '../terminal/printable.ts';
import type { Answer } from './answer.ts';
import type { TrialReport } from './run-trial.ts';

const MARKS = { observed: 'observed', lower_bound: 'at least', not_settled: 'not settled' } as const;
const WIDTH = Math.max(...Object.values(MARKS).map((mark) => mark.length));

const WHY_STOPPED = {
  in_doubt: 'the answer to a submit was lost: it counts as paid, and nothing more was submitted',
  account: 'the API refuses the account',
  refused: 'the API refused a picture',
  throttled: 'the API throttled a submit',
  unreachable: 'the API could not be reached',
  interrupted: 'it was interrupted',
} as const;

export const reportText = (report: TrialReport, answers: readonly Answer[], price: string, paint: Paint): string => {
  const lines = answers.flatMap(({ question, certainty, answer }) => {
    const colour = certainty === 'observed' ? paint.good : certainty === 'lower_bound' ? paint.warn : paint.dim;
    return [question, `  ${colour(MARKS[certainty].padEnd(WIDTH))}  ${printable(answer)}`];
  });
  const { spend, stopped } = report;
  lines.push(
    '',
    `paid: ${countText(spend.counted, 'picture')} of ${spend.allowed} at most (${price}), ${spend.succeeded} of them finished`,
  );
  if (stopped !== null) {
    const said = stopped.code === null ? '' : ` (${printable(stopped.code)}: ${printable(stopped.message ?? '')})`;
    lines.push(`stopped early: ${WHY_STOPPED[stopped.reason]}${said}`);
  }
  return lines.join('\n');
};
