// Colours, only where a person looks: never into a pipe, a dumb terminal, or against NO_COLOR.
import { styleText } from 'node:util';

export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  strong(text: string): string;
  dim(text: string): string;
}

type Style = Parameters<typeof styleText>[0];

/** NO_COLOR counts when it is set to anything but the empty text (no-color.org). */
export const createPaint = (isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): Paint => {
  const colours = isTerminal && env.TERM !== 'dumb' && (env.NO_COLOR ?? '') === '';
  const style =
    (as: Style) =>
    (text: string): string =>
      colours ? styleText(as, text, { validateStream: false }) : text;
  return { good: style('green'), bad: style('red'), warn: style('yellow'), strong: style('bold'), dim: style('dim') };
};
