// `outpaint schedule run`: a run in between, now.
import type { Command } from 'commander';
import { runNow } from '../schedule/run-now.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { knownSchedule } from './known-schedule.ts';
import { createOutput, withJsonOption } from './output.ts';
import { withStores } from './with-stores.ts';

export const addScheduleRunCommand = (schedule: Command, context: CommandContext): void => {
  withJsonOption(schedule.command('run'))
    .description('run it now, beside its slots, as a batch named by the second')
    .argument('<name>', 'the schedule')
    .addHelpText('after', helpAfter(['schedule run nightly'], [0, 2, 5]))
    .action((name: string, options: { json?: boolean }) =>
      withStores(context, async ({ schedules }) => {
        const result = await runNow(schedules, await knownSchedule(schedules, name), context.clock.now());
        createOutput(context.terminal, options).result({ name, ...result }, () => result.batch);
        context.terminal.say(
          'outpaint serve takes it up within ten seconds; outpaint schedule show says what came of it.',
        );
        context.end(EXIT.ok);
      }),
    );
};
