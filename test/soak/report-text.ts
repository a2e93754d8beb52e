// One line for each contender of a seed, for a person and for a log.
import type { ContenderReport } from './run-contender.ts';
import type { SeedReport } from './run-seed.ts';

const share = (part: number, of: number): string => `${((100 * part) / of).toFixed(2)} %`;

const pairs = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

/** Of all doubts, how many were settled in which way, and the share that is left to a person. */
const doubtsText = (moves: Readonly<Record<string, number>>, held: number): string => {
  const { doubted = 0, adopted = 0, released = 0 } = moves;
  return doubted === 0
    ? ''
    : ` (of ${doubted} doubts ${adopted} adopted, ${released} released, ${share(held, doubted)} left open)`;
};

export const contenderLine = (seed: SeedReport, report: ContenderReport): string => {
  const { figures: f } = report;
  const { lost, billed_twice, two_endings, unexplained, swapped } = f.violations;
  return [
    `seed ${seed.seed} (${seed.key} key, links ${seed.resign ? 'signed anew' : 'signed once'}) ${report.contender}:`,
    `${f.rows} rows in ${report.seconds} s:`,
    `delivered ${f.delivered}, dead ${f.dead}, held ${f.held}${doubtsText(f.moves, f.held)};`,
    `billed ${f.billed}${Object.keys(f.explained).length > 0 ? ` (not delivered: ${pairs(f.explained)})` : ''};`,
    `lost ${lost}, billed twice ${billed_twice}, two endings ${two_endings}, paid for nothing ${unexplained}, swapped ${swapped};`,
    ...(report.acceptedLost > 0 ? [`${report.acceptedLost} tasks that nobody knew accepted as lost;`] : []),
    `done to it: ${pairs(report.chaos)}${Object.keys(report.ownEnds).length > 0 ? `; workers that ended by themselves: ${pairs(report.ownEnds)}` : ''}`,
  ].join(' ');
};
