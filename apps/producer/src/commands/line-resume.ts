// `outpaint line resume`: opens a halted line at once, for whoever has just put the account right.
import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { createOutput, withJsonOption } from './output.ts';
import { withStores } from './with-stores.ts';

export const addLineResumeCommand = (line: Command, context: CommandContext): void => {
  withJsonOption(line.command('resume'))
    .description('open a halted line at once; otherwise a probe opens it when it succeeds')
    .addHelpText('after', helpAfter(['line resume'], [0, 5]))
    .action((options: { json?: boolean }) =>
      withStores(context, async ({ batches }) => {
        const changed = await batches.resumeLine();
        createOutput(context.terminal, options).result({ changed, state: 'running' }, () =>
          changed
            ? 'The line runs again. If the account still refuses, the next submit halts it anew.'
            : 'The line was not halted.',
        );
        context.end(EXIT.ok);
      }),
    );
};
