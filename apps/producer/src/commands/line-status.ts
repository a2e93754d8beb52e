// `outpaint line status`: running or halted, why, and what the account's slots do.
import type { LineState } from '@outpaint/shared/batch/batch-store';
import { explain } from '@outpaint/shared/errors/classify';
import type { CutLimit } from '@outpaint/shared/record/throttle';
import type { Command } from 'commander';
import { strangersText } from '../desk/doubt-text.ts';
import { inColumns } from '../terminal/columns.ts';
import { numberText } from '../terminal/count-text.ts';
import { printable } from '../terminal/printable.ts';
import { timeText } from '../terminal/time-text.ts';
import { lineJson } from '../view/line-json.ts';
import { wentBackRows } from '../view/went-back.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { createOutput, withJsonOption } from './output.ts';
import { withStores } from './with-stores.ts';

export const addLineStatusCommand = (line: Command, context: CommandContext): void => {
  withJsonOption(line.command('status'))
    .description(
      'running or halted, why, the slots taken, and what throttling has left of rates and slots; ends with 7 while it is halted',
    )
    .addHelpText('after', helpAfter(['line status --json'], [0, 5, 7]))
    .action((options: { json?: boolean }) =>
      withStores(context, async ({ batches }) => {
        const state = await batches.line();
        createOutput(context.terminal, options).result(lineJson(state), () => lineText(state));
        context.end(state.state === 'halted' ? EXIT.lineHalted : EXIT.ok);
      }),
    );
};

const limitText = (limit: CutLimit | null, unit: string): string =>
  limit === null
    ? 'as set'
    : `${limit.inForce} of ${limit.full}${unit}, climbing: ${printable(limit.code)} ${timeText(limit.cutAt)}`;

const doubtsText = ({ doubts, reconciling: { held } }: LineState): string =>
  held === 0 ? numberText(doubts) : `${numberText(doubts)}, ${numberText(held)} held for a person: outpaint reconcile`;

/** Lines that are there only when somebody should look. */
const problemRows = ({ suspects, strangers, failed, at }: LineState['reconciling']): string[][] => [
  ...(suspects === 0 ? [] : [['suspected duplicates', `${numberText(suspects)}: outpaint reconcile shows them`]]),
  ...(strangers === 0 ? [] : [['strangers', `${strangersText(strangers)} Seen ${timeText(at)}.`]]),
  ...(failed === null ? [] : [["the account's list", `not readable: ${printable(failed)} ${timeText(at)}`]]),
];

const lineText = (line: LineState): string => {
  const rows = [['line', line.state]];
  if (line.state === 'halted') {
    const code = line.code ?? 'unknown';
    rows.push(
      ['reason', `${printable(code)}: ${printable(line.message ?? '')}`],
      ['meaning', explain(code).meaning],
      ['remedy', explain(code).remedy],
      ['since', timeText(line.since)],
      ...(line.wentBack === null ? [['next probe', timeText(line.probeAt)]] : wentBackRows(line.wentBack)),
    );
  }
  rows.push(
    ['slots in use', numberText(line.slotsInUse)],
    ['fed', numberText(line.fed)],
    ['retries waiting', numberText(line.retriesWaiting)],
    ['undelivered', numberText(line.undelivered)],
    ['in doubt', doubtsText(line)],
    ...problemRows(line.reconciling),
    ['links near their end', numberText(line.expiring)],
    ['submit rate', limitText(line.throttle.submitRate, ' a second')],
    ['slots allowed', limitText(line.throttle.slots, '')],
    ['query rate', limitText(line.throttle.queryRate, ' a second')],
  );
  return inColumns(rows).join('\n');
};
