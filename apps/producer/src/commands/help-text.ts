// What stands below a command's options in its help: examples and the exit codes that it can end with.
import { EXIT_MEANING, type ExitCode } from './exit-code.ts';

export const helpAfter = (examples: readonly string[], codes: readonly ExitCode[]): string => {
  const lines = [
    '',
    examples.length === 1 ? 'Example:' : 'Examples:',
    ...examples.map((example) => `  $ outpaint ${example}`),
  ];
  if (codes.length > 0)
    lines.push('', 'Exit codes:', ...codes.map((code) => `  ${String(code).padStart(3)}  ${EXIT_MEANING[code]}`));
  return lines.join('\n');
};
