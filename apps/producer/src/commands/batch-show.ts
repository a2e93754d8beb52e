// `outpaint batch show`: one batch, its counts, its money and what it waits for.
import { type Batch, unfinishedRows } from '@outpaint/shared/batch/batch';
import type { LineState } from '@outpaint/shared/batch/batch-store';
import { formatMoney } from '@outpaint/shared/contract/money';
import { STATUSES } from '@outpaint/shared/lifecycle/status';
import type { Command } from 'commander';
import { inColumns } from '../terminal/columns.ts';
import { numberText } from '../terminal/count-text.ts';
import { printable } from '../terminal/printable.ts';
import { timeText } from '../terminal/time-text.ts';
import { batchJson } from '../view/batch-json.ts';
import { stateText } from './batch-list.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { knownBatch } from './known-batch.ts';
import { createOutput, withJsonOption } from './output.ts';
import { withStores } from './with-stores.ts';

export const addBatchShowCommand = (batch: Command, context: CommandContext): void => {
  withJsonOption(batch.command('show'))
    .description('one batch: counts, money, and what it waits for')
    .argument('<name>', 'the batch')
    .addHelpText('after', helpAfter(['batch show spring', 'batch show spring --json'], [0, 2, 5]))
    .action((name: string, options: { json?: boolean }) =>
      withStores(context, async ({ batches }) => {
        const found = await knownBatch(batches, name);
        const line = await batches.line();
        createOutput(context.terminal, options).result({ ...batchJson(found), line: line.state }, () =>
          batchText(found, line),
        );
        context.end(EXIT.ok);
      }),
    );
};

const batchText = (batch: Batch, line: LineState): string => {
  const money = (micro: number): string => formatMoney(micro, batch.currency);
  const limits = [
    ...(batch.failuresMax === null ? [] : [`${numberText(batch.failuresMax)} rows`]),
    ...(batch.failuresPercent === null ? [] : [`${batch.failuresPercent} % of the ended rows`]),
  ];
  const rows = [
    ['batch', batch.name],
    ['state', stateText(batch)],
    ['rows', numberText(batch.rows)],
    ...STATUSES.filter((status) => batch.counts[status] > 0).map((status) => [
      `  ${status}`,
      numberText(batch.counts[status]),
    ]),
    ...(batch.held > 0 ? [['  of them held', `${numberText(batch.held)}: outpaint reconcile shows why`]] : []),
    ['spent', money(batch.spentMicro)],
    ['reserved', money(batch.reservedMicro)],
    ['budget', batch.budgetMicro === null ? 'none' : money(batch.budgetMicro)],
    ['failure limit', limits.length === 0 ? 'none' : limits.join(' or ')],
    ...(batch.weight === undefined ? [] : [['priority', String(batch.weight)]]),
    ...(batch.notBefore === undefined ? [] : [['not before', timeText(batch.notBefore)]]),
    ...(batch.notAfter === undefined ? [] : [['not after', timeText(batch.notAfter)]]),
    ['made', timeText(batch.createdAt)],
    ['sealed', timeText(batch.sealedAt)],
    ['finished', timeText(batch.finishedAt)],
  ];
  if (line.state === 'halted' && unfinishedRows(batch) > 0)
    rows.push(['line', `halted by the account: ${printable(line.code ?? 'unknown')}`]);
  return inColumns(rows).join('\n');
};
