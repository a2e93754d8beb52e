// `outpaint schedule show`: one schedule, its next runs in both zones, and what became of the last ones.
import type { Command } from 'commander';
import { inColumns } from '../terminal/columns.ts';
import { numberText } from '../terminal/count-text.ts';
import { printable } from '../terminal/printable.ts';
import { firingJson, scheduleJson } from '../view/schedule-json.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { knownSchedule } from './known-schedule.ts';
import { limitOption } from './limit-option.ts';
import { createOutput, withJsonOption } from './output.ts';
import { nextRunsText } from './schedule-text.ts';
import { withStores } from './with-stores.ts';

export const addScheduleShowCommand = (schedule: Command, context: CommandContext): void => {
  withJsonOption(schedule.command('show'))
    .description('one schedule: its next five runs in its zone and here, and what became of the last ones')
    .argument('<name>', 'the schedule')
    .option('--limit <n>', 'how many firings', limitOption(1_000), 20)
    .addHelpText('after', helpAfter(['schedule show nightly'], [0, 2, 5]))
    .action((name: string, options: { limit: number; json?: boolean }) =>
      withStores(context, async ({ schedules }) => {
        const now = context.clock.now();
        const found = await knownSchedule(schedules, name);
        const firings = await schedules.firings(name, options.limit);
        const json = scheduleJson(found, now);
        createOutput(context.terminal, options).result({ ...json, firings: firings.map(firingJson) }, () => {
          const { next_runs: _runs, ...facts } = json;
          const rows = Object.entries(facts).map(([key, value]) => [key.replaceAll('_', ' '), String(value ?? '-')]);
          const past = firings.map((firing) => [
            firing.slot.replace('T', ' '),
            firing.state,
            firing.batch ?? '-',
            firing.rows === null ? '-' : numberText(firing.rows),
            printable(firing.note),
          ]);
          return [
            inColumns(rows).join('\n'),
            nextRunsText(found, now),
            past.length === 0
              ? 'It has not fired yet.'
              : inColumns([['SLOT', 'RESULT', 'BATCH', 'ROWS', 'NOTE'], ...past]).join('\n'),
          ].join('\n\n');
        });
        context.end(EXIT.ok);
      }),
    );
};
