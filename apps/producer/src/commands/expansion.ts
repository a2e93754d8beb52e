// `outpaint expansion`: the commands about one picture.
import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { addExpansionShowCommand } from './expansion-show.ts';
import { helpAfter } from './help-text.ts';

export const addExpansionCommand = (program: Command, context: CommandContext): void => {
  const expansion = program
    .command('expansion')
    .description('look at one expansion')
    .addHelpText('after', helpAfter(['expansion show spring/sku-1042'], []));
  addExpansionShowCommand(expansion, context);
};
