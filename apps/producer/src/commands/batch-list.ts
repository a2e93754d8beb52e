// `outpaint batch list`: the newest batches, one line for each.
import type { Batch } from '@outpaint/shared/batch/batch';
import { formatMoney } from '@outpaint/shared/contract/money';
import type { Command } from 'commander';
import { inColumns } from '../terminal/columns.ts';
import { numberText } from '../terminal/count-text.ts';
import { timeText } from '../terminal/time-text.ts';
import { batchJson } from '../view/batch-json.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { limitOption } from './limit-option.ts';
import { createOutput, withJsonOption } from './output.ts';
import { withStores } from './with-stores.ts';

const HEADER = ['BATCH', 'STATE', 'ROWS', 'DELIVERED', 'FAILED', 'IN DOUBT', 'WAITING', 'SPENT', 'MADE'];
const COUNT_COLUMNS = [2, 3, 4, 5, 6, 7];

export const stateText = (batch: Batch): string => {
  if (batch.run === 'paused') return `paused (${batch.pausedBy ?? 'person'})`;
  return batch.run === 'running' ? batch.state : batch.run;
};

const lineOf = (batch: Batch): string[] => [
  batch.name,
  stateText(batch),
  numberText(batch.rows),
  numberText(batch.counts.delivered),
  numberText(batch.counts.dead_lettered),
  numberText(batch.counts.in_doubt),
  numberText(batch.counts.accepted),
  formatMoney(batch.spentMicro, batch.currency),
  timeText(batch.createdAt),
];

export const addBatchListCommand = (batch: Command, context: CommandContext): void => {
  withJsonOption(batch.command('list'))
    .description('the newest batches')
    .option('--limit <n>', 'how many', limitOption(1_000), 50)
    .addHelpText('after', helpAfter(['batch list', 'batch list --json'], [0, 5]))
    .action((options: { limit: number; json?: boolean }) =>
      withStores(context, async ({ batches }) => {
        const found = await batches.list({ offset: 0, limit: options.limit });
        createOutput(context.terminal, options).result({ batches: found.map(batchJson) }, () =>
          found.length === 0 ? '' : inColumns([HEADER, ...found.map(lineOf)], COUNT_COLUMNS).join('\n'),
        );
        if (found.length === 0) context.terminal.say('There are no batches yet: outpaint run MANIFEST makes one.');
        context.end(EXIT.ok);
      }),
    );
};
