// `outpaint batch retry`: the dead letters of one batch go on, by the same way as `dead-letter redrive`.
import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { type RedriveOptions, redrive } from './dead-letter-redrive.ts';
import { helpAfter } from './help-text.ts';
import { withJsonOption } from './output.ts';
import { withStores } from './with-stores.ts';

export const addBatchRetryCommand = (batch: Command, context: CommandContext): void => {
  withJsonOption(batch.command('retry'))
    .description('take the dead-lettered rows of a batch back to work, from the stage that they reached')
    .argument('<name>', 'the batch')
    .option('--code <code>', 'only those that died of this code')
    .option('--pay-again', 'also submit anew what was, or may have been, paid for: costs one more picture each')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      helpAfter(['batch retry spring', 'batch retry spring --code InternalError.Algo --yes'], [0, 2, 5]),
    )
    .action((name: string, options: Omit<RedriveOptions, 'batch' | 'all'>) =>
      withStores(context, async (stores) =>
        context.end(await redrive(context, stores, [], { ...options, batch: name })),
      ),
    );
};
