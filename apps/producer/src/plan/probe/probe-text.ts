// What a look at the sources has found, in lines for people. Pure.
import { countText, numberText } from '../../terminal/count-text.ts';
import { printable } from '../../terminal/printable.ts';
import { SURE } from './judge-picture.ts';
import type { ProbeReport } from './probe-rows.ts';

const SHOWN_MAX = 20;

export const probeLines = (probe: ProbeReport | null, rows: number): string[] => {
  if (probe === null) return [];
  const kinds = Object.entries(probe.counts).map(([code, count]) => `${code} ${numberText(count)}`);
  const found = kinds.length === 0 ? 'nothing is wrong with them' : kinds.join(', ');
  return [
    `sources: ${numberText(probe.probed)} of ${countText(rows, 'row')} looked at, ${numberText(probe.failing)} would surely fail (${found})`,
  ];
};

/** The first of each kind by line; `perhaps` where it may pass all the same. */
export const foundLines = ({ first }: ProbeReport): string[] => {
  const lines = first
    .slice(0, SHOWN_MAX)
    .map(({ line, code, message }) => `line ${line}: ${SURE[code] ? '' : 'perhaps: '}the source ${printable(message)}`);
  return first.length > SHOWN_MAX ? [...lines, 'and more (plan --json lists twenty of each kind)'] : lines;
};
