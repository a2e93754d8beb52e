// `outpaint line`: the account's submitting, running or halted.
import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { helpAfter } from './help-text.ts';
import { addLineResumeCommand } from './line-resume.ts';
import { addLineStatusCommand } from './line-status.ts';

export const addLineCommand = (program: Command, context: CommandContext): void => {
  const line = program
    .command('line')
    .description("the account's line: whether anything is submitted, and why not")
    .addHelpText('after', helpAfter(['line status', 'line resume'], []));
  addLineStatusCommand(line, context);
  addLineResumeCommand(line, context);
};
