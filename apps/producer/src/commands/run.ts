// `outpaint run`: check a manifest, accept its rows into a batch, follow the batch to its end. Run again, it resumes.
import type { MoneyMicro } from '@outpaint/shared/contract/money';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { type Command, Option } from 'commander';
import { type BadRowsPlace, badRowsPathOf, openBadRowsFile } from '../manifest/bad-rows-file.ts';
import { checkRows } from '../manifest/check-rows.ts';
import { problemLines, warningLines, watermarkLine } from '../manifest/manifest-text.ts';
import { type ManifestSummary, summariseRows } from '../manifest/summarise-rows.ts';
import { boundPrice, boundSettings, demandAsPlanned, planDifferences } from '../plan/plan-file.ts';
import { countText } from '../terminal/count-text.ts';
import { batchNameOf, STDIN_PATH } from './batch-name-of.ts';
import type { CommandContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { limitOption } from './limit-option.ts';
import { openManifest } from './manifest-file.ts';
import { durationOption, type Moment, momentOption } from './moment-option.ts';
import { budgetOption, type FailureLimit, failuresOption } from './money-option.ts';
import { createOutput } from './output.ts';
import { type PlannedRun, plannedRun } from './planned-run.ts';
import { runBatch } from './run-batch.ts';
import { settingsOf } from './settings-of.ts';
import { FORMAT_OPTION, MANIFEST_ARGUMENT, type ShapeOptions, shapeOf, withShapeOptions } from './shape-options.ts';
import { withStores } from './with-stores.ts';

const PRIORITY_MAX = 100;

export interface RunOptions extends ShapeOptions {
  readonly batch?: string;
  readonly format?: string;
  readonly budget?: MoneyMicro;
  readonly maxFailures?: FailureLimit;
  readonly maxDuration?: number;
  readonly notBefore?: Moment;
  readonly priority?: number;
  readonly detach?: boolean;
  readonly keepGoing?: boolean;
  readonly badRows?: string;
  readonly plan?: string;
  readonly json?: boolean;
  readonly ndjson?: boolean;
}

export const addRunCommand = (program: Command, context: CommandContext): void => {
  withShapeOptions(program.command('run'))
    .description('accept the rows of a manifest into a batch and follow it to the end; run it again to resume')
    .argument('[manifest]', `${MANIFEST_ARGUMENT} (with --batch and --format)`)
    .option(
      '--plan <file>',
      'run what `outpaint plan --out` has written, or refuse if manifest, price or settings changed',
    )
    .option('--batch <name>', 'the batch; otherwise named after the file')
    .option('--format <format>', FORMAT_OPTION)
    .option('--budget <amount>', 'stop before more than this is spent, such as 18000 or 0.36', budgetOption)
    .option(
      '--max-failures <limit>',
      'pause when so many rows are dead-lettered: 20, or 5% of the ended rows',
      failuresOption,
    )
    .addOption(
      new Option('--max-duration <time>', 'pause it when it has run for so long, such as 8h').argParser(durationOption),
    )
    .addOption(
      new Option(
        '--not-before <time>',
        'accept the rows now and submit none before: 2026-11-24T22:00+08:00, or 6h from now',
      ).argParser(momentOption),
    )
    .option(
      '--priority <n>',
      'its share of the slots beside other batches: 1 unless given, 10 gets ten times as many',
      limitOption(PRIORITY_MAX),
    )
    .option('--detach', 'accept the rows and return; workers do the rest')
    .option('--keep-going', 'leave rows with problems out instead of refusing the whole manifest')
    .option('--bad-rows <file>', 'where --keep-going puts them to be mended; otherwise beside the manifest')
    .addOption(new Option('--json', 'end with one JSON object on stdout').conflicts('ndjson'))
    .addOption(new Option('--ndjson', 'write JSON lines on stdout while it runs'))
    .addHelpText(
      'after',
      helpAfter(
        [
          'run spring.csv',
          'run spring.csv --not-before 22h --max-duration 8h --priority 3',
          'run spring.csv --budget 18000 --max-failures 5%',
          'run feed.tsv --map custom_id=id --map source=image_link --set output_ratio=16:9',
          'run --plan feed.plan.json --budget 18000',
          'run - --batch spring --format jsonl --detach < rows.jsonl',
        ],
        [0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 130],
      ),
    )
    .action(async (path: string | undefined, options: RunOptions) =>
      context.end(await run(context, await plannedRun(path, options))),
    );
};

const run = async (context: CommandContext, { path, options, plan }: PlannedRun): Promise<ExitCode> => {
  const { price } = settingsOf(context.env, ['redis', 'price']);
  const name = batchNameOf(path, options.batch);
  const badRowsPlace = badRowsPlaceOf(path, options);
  const manifest = await openManifest(path, { format: options.format, shape: shapeOf(options), batch: name }, context);
  const badRows = badRowsPlace === null ? null : openBadRowsFile(badRowsPlace, manifest.format);
  try {
    if (plan !== null) {
      const sha256 = await manifest.tag();
      const now = {
        sha256,
        price: boundPrice(0, price.pricePerImage, price.priceCurrency),
        settings: boundSettings(context.env),
      };
      demandAsPlanned(planDifferences(plan, now));
    }
    const rows = () => checkRows(manifest.rows(), { batch: name });
    context.terminal.progress(`reading ${path}`);
    const summary = await summariseRows(badRows?.keep(rows()) ?? rows(), { pricePerImage: price.pricePerImage });
    // The same file is judged otherwise only by another version of this program.
    if (plan !== null && (plan.rows.good !== summary.accepted || plan.rows.bad !== summary.refused)) {
      const was = `${plan.rows.good} rows were good and ${plan.rows.bad} had problems, now it is ${summary.accepted} and ${summary.refused}.`;
      demandAsPlanned([was]);
    }
    sayFindings(context, path, summary, options);
    for (const note of manifest.notes()) context.terminal.say(note);
    // What nobody could read cannot be left out on purpose either.
    const isWhole = summary.unreadAfter === null;
    if (summary.accepted === 0 || !isWhole || (summary.refused > 0 && options.keepGoing !== true)) {
      const { problems, refused } = summary;
      createOutput(context.terminal, options).result(
        {
          ended: null,
          exit_code: EXIT.usage,
          manifest: { path, rows: summary.rows, bad: refused, unread_after_line: summary.unreadAfter, problems },
          batch: null,
        },
        () => '',
      );
      return EXIT.usage;
    }
    const badRowsPath = (await badRows?.finish()) ?? null;
    if (badRowsPath !== null) context.terminal.say(badRowsText(summary.refused, badRowsPath, name, options));
    return await withStores(context, (stores) =>
      runBatch({ context, stores, price, name, path, rows, options, badRowsPath }),
    );
  } finally {
    await badRows?.close();
    await manifest.close();
  }
};

/** Null where nothing is left out. Throws `usage_wrong`. */
const badRowsPlaceOf = (path: string, { keepGoing, badRows }: RunOptions): BadRowsPlace | null => {
  if (keepGoing !== true && badRows !== undefined)
    throw new OutpaintError('usage_wrong', '--bad-rows goes with --keep-going: otherwise no row is left out.');
  if (keepGoing !== true) return null;
  if (badRows !== undefined) return { path: badRows, isFree: false };
  if (path === STDIN_PATH || path.startsWith('s3://'))
    throw new OutpaintError(
      'usage_wrong',
      'There is no folder beside this manifest: say with --bad-rows where the rows go that --keep-going leaves out.',
    );
  return { path: badRowsPathOf(path), isFree: true };
};

const badRowsText = (count: number, path: string, name: string, { map = [] }: RunOptions): string =>
  `${countText(count, 'row')} with problems ${count === 1 ? 'is' : 'are'} in ${path}. Mend them there, then: outpaint run ${path} --batch ${name}${map.length > 0 ? ' with the same --map and --set' : ''}`;

const sayFindings = (context: CommandContext, path: string, summary: ManifestSummary, options: RunOptions): void => {
  const { terminal } = context;
  for (const line of problemLines(summary, Number.POSITIVE_INFINITY)) terminal.say(line);
  if (summary.rows === 0) terminal.say(`${path} has no rows: nothing was accepted.`);
  else if (summary.unreadAfter !== null) {
    terminal.say(
      `${path} could not be read beyond line ${summary.unreadAfter}, so nothing was accepted. Correct that line first: --keep-going leaves out rows, not the rest of a file.`,
    );
  } else if (summary.refused > 0 && options.keepGoing !== true) {
    terminal.say(
      `${countText(summary.refused, 'row')} of ${summary.rows} cannot be accepted, so nothing was. Correct them, or leave them out with --keep-going.`,
    );
  } else if (summary.accepted === 0) terminal.say('No row can be accepted.');
  else {
    for (const line of warningLines(summary)) terminal.say(`warning: ${line}`);
    terminal.say(watermarkLine(summary));
  }
};
