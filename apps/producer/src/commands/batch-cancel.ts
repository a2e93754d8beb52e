// `outpaint batch cancel`: nothing more of a batch is paid for; what is paid is finished, the rest is withdrawn.
import type { Batch } from '@outpaint/shared/batch/batch';
import type { Command } from 'commander';
import type { Stores } from '../stores/open-stores.ts';
import { countText } from '../terminal/count-text.ts';
import { batchJson } from '../view/batch-json.ts';
import { rowsAtWork } from '../view/ending.ts';
import type { CommandContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { listenForInterrupts } from './interrupts.ts';
import { knownBatch } from './known-batch.ts';
import { createOutput, withJsonOption } from './output.ts';
import { watchToEnd } from './watch.ts';
import { withStores } from './with-stores.ts';

interface CancelOptions {
  readonly yes?: boolean;
  readonly detach?: boolean;
  readonly json?: boolean;
}

export const addBatchCancelCommand = (batch: Command, context: CommandContext): void => {
  withJsonOption(batch.command('cancel'))
    .description('pay for nothing more of a batch; what is paid for is finished and delivered, all else is withdrawn')
    .argument('<name>', 'the batch')
    .option('--yes', 'do not ask')
    .option('--detach', 'do not wait until its last row has ended')
    .addHelpText(
      'after',
      helpAfter(['batch cancel spring', 'batch cancel spring --yes --detach'], [0, 2, 4, 5, 9, 130]),
    )
    .action((name: string, options: CancelOptions) =>
      withStores(context, async (stores) => context.end(await cancel(context, stores, name, options))),
    );
};

const cancel = async (
  context: CommandContext,
  { batches, cancels }: Stores,
  text: string,
  options: CancelOptions,
): Promise<ExitCode> => {
  const { terminal } = context;
  const output = createOutput(terminal, options);
  const found = await knownBatch(batches, text);
  const isCancelled = found.run === 'cancelling' || found.run === 'cancelled';
  if (!isCancelled && found.state !== 'finished' && !(await isWanted(context, found, options))) return EXIT.usage;
  const changed = await cancels.begin(found.name);
  const after = (await batches.read(found.name)) ?? found;
  if (!changed && after.run !== 'cancelling') {
    output.result({ changed, batch: batchJson(after) }, () =>
      after.run === 'cancelled'
        ? `${after.name} was cancelled already.`
        : `${after.name} is finished: there is nothing to cancel.`,
    );
    return after.run === 'cancelled' ? EXIT.cancelled : EXIT.ok;
  }
  terminal.say(`${found.name} is being cancelled: nothing more of it is paid for.`);
  if (options.detach === true) {
    output.result(
      { changed, batch: batchJson(after) },
      () => `The workers go on with it. Follow it with: outpaint batch watch ${found.name}`,
    );
    return EXIT.cancelled;
  }
  const interrupts = listenForInterrupts(context);
  try {
    return await watchToEnd({ context, batches, output, interrupts }, found.name, { changed });
  } finally {
    interrupts.stop();
  }
};

const isWanted = async ({ terminal }: CommandContext, batch: Batch, options: CancelOptions): Promise<boolean> => {
  if (options.yes === true) return true;
  const what = `${batch.name}: ${countText(batch.counts.accepted, 'row')} waiting would be withdrawn for good, ${countText(rowsAtWork(batch), 'row')} at work finished where they are paid for.`;
  if (terminal.asks && (await terminal.ask(`${what} Cancel it?`))) return true;
  terminal.say(terminal.asks ? 'Nothing was cancelled.' : `${what} There is nobody to ask here: confirm with --yes.`);
  return false;
};
