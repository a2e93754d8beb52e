// `outpaint batch pause`: nothing more of a batch is submitted; what is at work is finished.
import type { Command } from 'commander';
import { batchJson } from '../view/batch-json.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { knownBatch } from './known-batch.ts';
import { createOutput, withJsonOption } from './output.ts';
import { PAUSED_TEXT } from './progress-text.ts';
import { withStores } from './with-stores.ts';

export const addBatchPauseCommand = (batch: Command, context: CommandContext): void => {
  withJsonOption(batch.command('pause'))
    .description('submit nothing more of a batch; what is at work is finished')
    .argument('<name>', 'the batch')
    .addHelpText('after', helpAfter(['batch pause spring'], [0, 2, 5]))
    .action((name: string, options: { json?: boolean }) =>
      withStores(context, async ({ batches }) => {
        const found = await knownBatch(batches, name);
        const changed = await batches.pause(found.name);
        const after = (await batches.read(found.name)) ?? found;
        createOutput(context.terminal, options).result({ changed, batch: batchJson(after) }, () => {
          if (changed) return `${found.name} is paused. Go on with: outpaint batch resume ${found.name}`;
          return after.pausedBy === null
            ? `${found.name} is ${after.run}: it cannot be paused.`
            : `${found.name} was ${PAUSED_TEXT[after.pausedBy]} already.`;
        });
        context.end(EXIT.ok);
      }),
    );
};
