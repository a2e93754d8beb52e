// What a rule of the house is: a check of one file, and a proof that it catches something.
import type { SourceFile } from './source-file.ts';

export interface Rule {
  /** The rule as a sentence. */
  name: string;
  /** One sentence for each violation in the file; none when it keeps the rule. */
  check(file: SourceFile): string[];
  /** Files that break it, each of which the check must catch: a rule that catches nothing is worse than none. */
  planted: readonly SourceFile[];
  /** Files that look like it and keep it. */
  innocent: readonly SourceFile[];
}

export const file = (path: string, ...lines: string[]): SourceFile => ({ path, text: lines.join('\n') });
