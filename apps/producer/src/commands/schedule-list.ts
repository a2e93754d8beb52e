// `outpaint schedule list`: every schedule, when it runs next and how it ended last.
import type { Command } from 'commander';
import { inColumns } from '../terminal/columns.ts';
import { timeText } from '../terminal/time-text.ts';
import { firingJson, scheduleJson } from '../view/schedule-json.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { createOutput, withJsonOption } from './output.ts';
import { withStores } from './with-stores.ts';

const HEADER = ['SCHEDULE', 'CRON', 'ZONE', 'NEXT', 'LAST', 'RESULT', 'MANIFEST'];

export const addScheduleListCommand = (schedule: Command, context: CommandContext): void => {
  withJsonOption(schedule.command('list'))
    .description('all schedules, when each runs next and how it ended last')
    .addHelpText('after', helpAfter(['schedule list'], [0, 5]))
    .action((options: { json?: boolean }) =>
      withStores(context, async ({ schedules }) => {
        const now = context.clock.now();
        const found = await Promise.all(
          (await schedules.list()).map(async (one) => ({
            one,
            json: scheduleJson(one, now),
            last: (await schedules.firings(one.name, 1))[0] ?? null,
          })),
        );
        createOutput(context.terminal, options).result(
          { schedules: found.map(({ json, last }) => ({ ...json, last: last === null ? null : firingJson(last) })) },
          () =>
            found.length === 0
              ? ''
              : inColumns([
                  HEADER,
                  ...found.map(({ one, json, last }) => [
                    one.name,
                    one.cron,
                    one.timeZone,
                    one.paused ? 'paused' : timeText(Date.parse(json.next_runs[0]?.at ?? '')),
                    last?.slot.replace('T', ' ') ?? '-',
                    last?.state ?? '-',
                    one.manifest,
                  ]),
                ]).join('\n'),
        );
        if (found.length === 0) context.terminal.say('There are no schedules yet: outpaint schedule add makes one.');
        context.end(EXIT.ok);
      }),
    );
};
