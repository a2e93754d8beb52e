// Whether a person wants what cannot be taken back: they are asked, or have said --yes.
import type { Terminal } from '../terminal/terminal.ts';

export interface Question {
  /** `redrive 3 rows`: what would be done. */
  readonly do: string;
  /** Whole sentences that somebody should know before, each after a blank. */
  readonly know: string;
}

/** False, with a sentence, where there is nobody to ask. */
export const isWanted = async (
  terminal: Terminal,
  question: Question,
  options: { readonly yes?: boolean },
): Promise<boolean> => {
  if (options.yes === true) return true;
  const [first = '', ...rest] = question.do;
  if (terminal.asks) return terminal.ask(`${first.toUpperCase()}${rest.join('')}?${question.know}`);
  terminal.say(`This would ${question.do}.${question.know} There is nobody to ask here: confirm with --yes.`);
  return false;
};
