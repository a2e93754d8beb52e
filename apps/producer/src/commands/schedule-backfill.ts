// `outpaint schedule backfill`: slots of past dates run now.
import type { Command } from 'commander';
import { backfill } from '../schedule/backfill.ts';
import { countText } from '../terminal/count-text.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { knownSchedule } from './known-schedule.ts';
import { createOutput, withJsonOption } from './output.ts';
import { withStores } from './with-stores.ts';

export const addScheduleBackfillCommand = (schedule: Command, context: CommandContext): void => {
  withJsonOption(schedule.command('backfill'))
    .description('run slots of past dates; one that has a result already is left as it is')
    .argument('<name>', 'the schedule')
    .requiredOption('--from <date>', "the first civil date in the schedule's zone, such as 2026-11-01")
    .requiredOption('--to <date>', 'the last one')
    .addHelpText('after', helpAfter(['schedule backfill nightly --from 2026-11-01 --to 2026-11-05'], [0, 2, 5]))
    .action((name: string, options: { from: string; to: string; json?: boolean }) =>
      withStores(context, async ({ schedules }) => {
        const found = await knownSchedule(schedules, name);
        const result = await backfill(schedules, found, options.from, options.to, context.clock.now());
        createOutput(context.terminal, options).result({ name, ...result }, () => result.slots.join('\n'));
        context.terminal.say(
          `${countText(result.added, 'slot')} of ${result.slots.length} will run; outpaint serve does it.`,
        );
        context.end(EXIT.ok);
      }),
    );
};
