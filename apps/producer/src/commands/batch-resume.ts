// `outpaint batch resume`: a paused batch goes on, with a higher budget or failure limit if one is given.

import type { Batch } from '@outpaint/shared/batch/batch';
import { formatMoney } from '@outpaint/shared/contract/money';
import type { Command } from 'commander';
import { batchJson } from '../view/batch-json.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { knownBatch } from './known-batch.ts';
import { budgetOption, failuresOption } from './money-option.ts';
import { createOutput, withJsonOption } from './output.ts';
import type { RunOptions } from './run.ts';
import { limitsOf } from './run-batch.ts';
import { settingsOf } from './settings-of.ts';
import { isThresholdReached } from './threshold.ts';
import { withStores } from './with-stores.ts';

type ResumeOptions = Pick<RunOptions, 'budget' | 'maxFailures' | 'json'>;

export const addBatchResumeCommand = (batch: Command, context: CommandContext): void => {
  withJsonOption(batch.command('resume'))
    .description('let a paused batch go on')
    .argument('<name>', 'the batch')
    .option('--budget <amount>', 'its new budget in all, what is spent included', budgetOption)
    .option('--max-failures <limit>', 'its new failure limit: 20, or 5%', failuresOption)
    .addHelpText('after', helpAfter(['batch resume spring', 'batch resume spring --budget 20000'], [0, 2, 5]))
    .action((name: string, options: ResumeOptions) =>
      withStores(context, async ({ batches }) => {
        const { price } = settingsOf(context.env, ['price']);
        const found = await knownBatch(batches, name);
        await batches.open(found.name, limitsOf(options));
        const changed = await batches.resume(found.name);
        const after = (await batches.read(found.name)) ?? found;
        createOutput(context.terminal, options).result({ changed, batch: batchJson(after) }, () =>
          changed
            ? `${found.name} goes on.`
            : `${found.name} was not paused: it is ${after.run === 'running' ? after.state : after.run}.`,
        );
        for (const text of stopsAgain(after, price.pricePerImage)) context.terminal.say(text);
        context.end(EXIT.ok);
      }),
    );
};

/** What will pause it again at its next row: better said now than found out by waiting. */
const stopsAgain = (batch: Batch, price: number): string[] => {
  if (batch.run !== 'running' || batch.counts.accepted === 0) return [];
  const texts: string[] = [];
  if (batch.budgetMicro !== null && batch.spentMicro + batch.reservedMicro + price > batch.budgetMicro) {
    texts.push(
      `Its budget of ${formatMoney(batch.budgetMicro, batch.currency)} leaves no room for one more picture: raise it with --budget.`,
    );
  }
  if (isThresholdReached(batch))
    texts.push('Its failure limit is still reached: raise it with --max-failures, or redrive its dead letters.');
  return texts;
};
