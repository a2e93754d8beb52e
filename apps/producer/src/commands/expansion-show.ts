// `outpaint expansion show`: one record, what was asked for, what happened to it, and where its message is.
import { explain } from '@outpaint/shared/errors/classify';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import type { HistoryEntry } from '@outpaint/shared/record/record-store';
import type { Command } from 'commander';
import { inColumns } from '../terminal/columns.ts';
import { numberText } from '../terminal/count-text.ts';
import { printable } from '../terminal/printable.ts';
import { timeText } from '../terminal/time-text.ts';
import { holdText } from '../view/doubt-json.ts';
import { expansionJson } from '../view/expansion-json.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-code.ts';
import { expansionOf } from './expansion-of.ts';
import { helpAfter } from './help-text.ts';
import { messagePlace } from './message-place.ts';
import { createOutput, withJsonOption } from './output.ts';
import { withStores } from './with-stores.ts';

export const addExpansionShowCommand = (expansion: Command, context: CommandContext): void => {
  withJsonOption(expansion.command('show'))
    .description('one record: status, request, history with times, and where its message is')
    .argument('<id>', 'the id of an expansion, or BATCH/CUSTOM_ID')
    .addHelpText(
      'after',
      helpAfter(['expansion show spring/sku-1042', 'expansion show x_abcdefghijklmnopqrstuvwxyz --json'], [0, 2, 5]),
    )
    .action((text: string, options: { json?: boolean }) =>
      withStores(context, async (stores) => {
        const record = await expansionOf(stores, text);
        const [history, place] = await Promise.all([stores.records.history(record.id), messagePlace(stores, record)]);
        createOutput(context.terminal, options).result(
          {
            ...expansionJson(record),
            message: place,
            history: history.map((entry) => ({ ...entry, at: new Date(entry.at).toISOString() })),
          },
          () => expansionText(record, history, place.text),
        );
        context.end(EXIT.ok);
      }),
    );
};

const expansionText = (record: ExpansionRecord, history: readonly HistoryEntry[], place: string): string => {
  const { request } = record;
  const facts = [
    ['expansion', record.id],
    ['batch', record.batch],
    ['custom_id', printable(request.custom_id)],
    ['status', record.status],
    ['message', place],
    ['billed', record.billed],
    ['task', printable(record.taskId ?? '-')],
    ['attempts', String(record.attempts + record.sourceAttempts + record.deliverAttempts)],
    ['source', printable(request.source)],
    ['parameters', JSON.stringify(request.parameters)],
    ['output key', printable(request.output_key)],
  ];
  if (record.trace !== null) facts.push(['trace', record.trace.traceId]);
  if (record.objectBytes !== null) {
    const size = record.objectWidth === null ? '' : `, ${record.objectWidth} × ${record.objectHeight} px`;
    facts.push(['picture', `${numberText(record.objectBytes)} bytes${size}`]);
  }
  if (record.status === 'in_doubt') {
    facts.push(['in doubt', holdText(record.holdReason) ?? 'waits for evidence: it settles by itself where it can']);
    for (const task of record.holdCandidates)
      facts.push(['perhaps its task', `${printable(task.task_id)}, made ${timeText(task.created_at)}`]);
  }
  if (record.deadCode !== null) {
    facts.push(
      ['died of', `${printable(record.deadCode)}: ${printable(record.deadMessage ?? '')}`],
      ['remedy', explain(record.deadCode).remedy],
    );
  }
  const past = history.map(({ at, event, status, detail }) => [timeText(at), event, `→ ${status}`, printable(detail)]);
  return [
    ...inColumns(facts),
    '',
    past.length === 0 ? 'Nothing has happened to it yet.' : 'History:',
    ...inColumns(past),
  ].join('\n');
};
