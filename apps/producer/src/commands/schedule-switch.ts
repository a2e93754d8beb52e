// `outpaint schedule pause`, `resume`, `remove`.
import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { knownSchedule } from './known-schedule.ts';
import { createOutput, withJsonOption } from './output.ts';
import { withStores } from './with-stores.ts';

export const addScheduleSwitchCommands = (schedule: Command, context: CommandContext): void => {
  const add = (verb: 'pause' | 'resume', description: string, done: string, not: string): void => {
    withJsonOption(schedule.command(verb))
      .description(description)
      .argument('<name>', 'the schedule')
      .addHelpText('after', helpAfter([`schedule ${verb} nightly`], [0, 2, 5]))
      .action((name: string, options: { json?: boolean }) =>
        withStores(context, async ({ schedules }) => {
          await knownSchedule(schedules, name);
          const changed = await schedules.setPaused(name, verb === 'pause', context.clock.now());
          createOutput(context.terminal, options).result({ name, changed }, () => `${name} ${changed ? done : not}`);
          context.end(EXIT.ok);
        }),
      );
  };
  add('pause', 'nothing new begins; a batch that runs goes on', 'is paused.', 'was paused already.');
  add('resume', 'runs again; slots that fell into the pause are not made up for', 'runs again.', 'was not paused.');

  withJsonOption(schedule.command('remove'))
    .description('remove a schedule and the list of its firings; its batches stay')
    .argument('<name>', 'the schedule')
    .option('--yes', 'do not ask')
    .addHelpText('after', helpAfter(['schedule remove nightly --yes'], [0, 2, 5]))
    .action((name: string, options: { yes?: boolean; json?: boolean }) =>
      withStores(context, async ({ schedules }) => {
        await knownSchedule(schedules, name);
        const { terminal } = context;
        const wanted = options.yes === true || (terminal.asks && (await terminal.ask(`Remove the schedule ${name}?`)));
        if (!wanted) {
          terminal.say(terminal.asks ? 'Nothing was removed.' : 'There is nobody to ask here: confirm with --yes.');
          context.end(EXIT.usage);
          return;
        }
        const removed = await schedules.remove(name);
        createOutput(terminal, options).result({ name, removed }, () => `${name} was removed. Its batches stay.`);
        context.end(EXIT.ok);
      }),
    );
};
