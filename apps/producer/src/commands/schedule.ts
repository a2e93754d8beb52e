// `outpaint schedule`: the commands about nightly batches.
import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { helpAfter } from './help-text.ts';
import { addScheduleAddCommand } from './schedule-add.ts';
import { addScheduleBackfillCommand } from './schedule-backfill.ts';
import { addScheduleListCommand } from './schedule-list.ts';
import { addScheduleRunCommand } from './schedule-run.ts';
import { addScheduleShowCommand } from './schedule-show.ts';
import { addScheduleSwitchCommands } from './schedule-switch.ts';

export const addScheduleCommand = (program: Command, context: CommandContext): void => {
  const schedule = program
    .command('schedule')
    .description('batches that run by themselves at civil times; outpaint serve runs them')
    .addHelpText('after', helpAfter(['schedule list', 'schedule show nightly'], []));
  addScheduleAddCommand(schedule, context);
  addScheduleListCommand(schedule, context);
  addScheduleShowCommand(schedule, context);
  addScheduleSwitchCommands(schedule, context);
  addScheduleRunCommand(schedule, context);
  addScheduleBackfillCommand(schedule, context);
};
