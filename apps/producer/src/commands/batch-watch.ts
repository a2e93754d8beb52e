// `outpaint batch watch`: follow a batch to its end, as `run` does.
import { type Command, Option } from 'commander';
import type { CommandContext } from './context.ts';
import { helpAfter } from './help-text.ts';
import { listenForInterrupts } from './interrupts.ts';
import { knownBatch } from './known-batch.ts';
import { createOutput, type OutputOptions } from './output.ts';
import { watchToEnd } from './watch.ts';
import { withStores } from './with-stores.ts';

export const addBatchWatchCommand = (batch: Command, context: CommandContext): void => {
  batch
    .command('watch')
    .description('follow a batch to its end; ends with the same exit codes as run')
    .argument('<name>', 'the batch')
    .addOption(new Option('--json', 'end with one JSON object on stdout').conflicts('ndjson'))
    .addOption(new Option('--ndjson', 'write JSON lines on stdout while it runs'))
    .addHelpText('after', helpAfter(['batch watch spring'], [0, 2, 3, 4, 5, 6, 7, 8, 9, 130]))
    .action((name: string, options: OutputOptions) =>
      withStores(context, async ({ batches }) => {
        const found = await knownBatch(batches, name);
        const interrupts = listenForInterrupts(context);
        try {
          const output = createOutput(context.terminal, options);
          context.end(await watchToEnd({ context, batches, output, interrupts }, found.name));
        } finally {
          interrupts.stop();
        }
      }),
    );
};
