// `outpaint schedule add`: a manifest that becomes a batch every night; the same name again changes it.
import type { Command } from 'commander';
import { readDefinition } from '../schedule/definition.ts';
import { scheduleJson } from '../view/schedule-json.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { knownSchedule } from './known-schedule.ts';
import { createOutput, withJsonOption } from './output.ts';
import { nextRunsText } from './schedule-text.ts';
import { type ShapeOptions, withShapeOptions } from './shape-options.ts';
import { withStores } from './with-stores.ts';

interface AddOptions extends ShapeOptions {
  readonly cron: string;
  readonly tz: string;
  readonly manifest: string;
  readonly overlap?: string;
  readonly catchUp?: string;
  readonly jitter?: string;
  readonly until?: string;
  readonly waitForManifest?: string;
  readonly runUnchanged?: boolean;
  readonly keepGoing?: boolean;
  readonly budget?: string;
  readonly maxFailures?: string;
  readonly json?: boolean;
}

export const addScheduleAddCommand = (schedule: Command, context: CommandContext): void => {
  withJsonOption(withShapeOptions(schedule.command('add')))
    .description('run a manifest as a batch at civil times; the same name again changes the schedule')
    .argument('<name>', 'the schedule; its batches are named <name>-<date>')
    .requiredOption('--cron <expression>', 'minute, hour, day of month, month, day of week: "0 2 * * *"')
    .requiredOption('--tz <zone>', 'the time zone of these times, such as Asia/Shanghai')
    .requiredOption('--manifest <address>', "s3://… or a file, with {date}, {yyyy}, {mm}, {dd} of the slot's date")
    .option('--overlap <choice>', 'if the batch before still runs: skip this one, append to that one, or queue', 'skip')
    .option('--catch-up <length>', 'make up for slots missed by at most this', '24h')
    .option('--jitter <length>', 'spread the start over so long, each slot always by the same')
    .option('--until <time>', 'pause the batch at this time of day and go on with the next slot: 06:00')
    .option('--wait-for-manifest <length>', 'how long a manifest that is not there yet is waited for')
    .option('--run-unchanged', 'run a manifest that is the same as last time')
    .option('--keep-going', 'leave rows with problems out instead of refusing the whole manifest')
    .option('--budget <amount>', 'of each batch')
    .option('--max-failures <limit>', 'of each batch: 20, or 5% of the ended rows')
    .addHelpText(
      'after',
      helpAfter(
        [
          "schedule add nightly --cron '0 2 * * *' --tz Asia/Shanghai --manifest 's3://feeds/{date}.csv'",
          "schedule add nightly --cron '0 22 * * *' --tz Europe/Berlin --manifest 's3://feeds/{date}.csv.gz' --until 06:00 --budget 900",
        ],
        [0, 2, 5],
      ),
    )
    .action((name: string, options: AddOptions) =>
      withStores(context, async ({ schedules }) => {
        const now = context.clock.now();
        const definition = readDefinition(
          {
            name,
            cron: options.cron,
            time_zone: options.tz,
            manifest: options.manifest,
            overlap: options.overlap,
            catch_up: options.catchUp,
            jitter: options.jitter,
            until: options.until,
            wait_for_manifest: options.waitForManifest,
            run_unchanged: options.runUnchanged,
            keep_going: options.keepGoing,
            map: options.map,
            set: options.set,
            budget: options.budget,
            max_failures: options.maxFailures,
          },
          now,
        );
        const { created } = await schedules.put(definition, now);
        const kept = await knownSchedule(schedules, name);
        createOutput(context.terminal, options).result({ created, schedule: scheduleJson(kept, now) }, () =>
          nextRunsText(kept, now),
        );
        context.terminal.say(`${name} was ${created ? 'added' : 'changed'}. outpaint serve runs it.`);
        context.end(EXIT.ok);
      }),
    );
};
