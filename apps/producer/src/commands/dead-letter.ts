// `outpaint dead-letter`: the desk for what could not be finished.
import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { addDeadLetterEditCommand } from './dead-letter-edit.ts';
import { addDeadLetterListCommand } from './dead-letter-list.ts';
import { addDeadLetterPurgeCommand } from './dead-letter-purge.ts';
import { addDeadLetterRedriveCommand } from './dead-letter-redrive.ts';
import { addDeadLetterShowCommand } from './dead-letter-show.ts';
import { helpAfter } from './help-text.ts';

export const addDeadLetterCommand = (program: Command, context: CommandContext): void => {
  const desk = program
    .command('dead-letter')
    .description('what could not be finished: why, and back to work with it')
    .addHelpText('after', helpAfter(['dead-letter list', 'dead-letter redrive --code InternalError.Algo'], []));
  addDeadLetterListCommand(desk, context);
  addDeadLetterShowCommand(desk, context);
  addDeadLetterEditCommand(desk, context);
  addDeadLetterRedriveCommand(desk, context);
  addDeadLetterPurgeCommand(desk, context);
};
