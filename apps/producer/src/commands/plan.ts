// `outpaint plan`: what a manifest would come to. Writes nothing, pays nothing, needs no Redis.
import { formatMoney } from '@outpaint/shared/contract/money';
import type { Command } from 'commander';
import { checkRows } from '../manifest/check-rows.ts';
import { type ManifestSummary, summariseRows } from '../manifest/summarise-rows.ts';
import { countText, numberText } from '../terminal/count-text.ts';
import { durationText } from '../terminal/duration-text.ts';
import { batchNameOf } from './batch-name-of.ts';
import type { CommandContext } from './context.ts';
import { countDuplicates } from './count-duplicates.ts';
import { type Eta, etaOf } from './eta.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { openManifest } from './manifest-file.ts';
import { problemLines, warningLines, watermarkLine } from './manifest-text.ts';
import { createOutput, withJsonOption } from './output.ts';
import { settingsOf } from './settings-of.ts';
import { FORMAT_OPTION, MANIFEST_ARGUMENT, type ShapeOptions, shapeOf, withShapeOptions } from './shape-options.ts';

interface PlanOptions extends ShapeOptions {
  readonly format?: string;
  readonly batch?: string;
  readonly json?: boolean;
}

const PROBLEMS_PRINTED_MAX = 20;

export const addPlanCommand = (program: Command, context: CommandContext): void => {
  withJsonOption(
    withShapeOptions(program.command('plan'))
      .description('dry run: check a manifest, and say what it would cost and how long it would take; writes nothing')
      .argument('<manifest>', MANIFEST_ARGUMENT)
      .option('--format <format>', FORMAT_OPTION)
      .option('--batch <name>', 'the batch that the rows would go into; otherwise named after the file'),
  )
    .addHelpText(
      'after',
      helpAfter(
        [
          'plan spring.csv',
          'plan feed.tsv --map custom_id=id --map source=image_link --set output_ratio=16:9',
          'plan - --format jsonl --batch spring --json < rows.jsonl',
        ],
        [0, 2],
      ),
    )
    .action(async (path: string, options: PlanOptions) => context.end(await plan(context, path, options)));
};

const plan = async (context: CommandContext, path: string, options: PlanOptions): Promise<ExitCode> => {
  const { price, upstream } = settingsOf(context.env, ['price', 'upstream']);
  const batch = batchNameOf(path, options.batch);
  const manifest = await openManifest(path, { format: options.format, shape: shapeOf(options), batch }, context);
  try {
    const duplicates = { rows: 0 };
    const rows = countDuplicates(checkRows(manifest.rows(), { batch }), duplicates);
    const summary = await summariseRows(rows, { pricePerImage: price.pricePerImage });
    const eta = etaOf(summary.accepted, {
      slots: upstream.upstreamSlots,
      submitsPerSecond: upstream.submitRatePerSecond,
    });
    const cost = formatMoney(summary.price, price.priceCurrency);
    const each = formatMoney(price.pricePerImage, price.priceCurrency);
    createOutput(context.terminal, options).result(
      {
        manifest: path,
        batch,
        rows: summary.rows,
        good: summary.accepted,
        bad: summary.refused,
        unread_after_line: summary.unreadAfter,
        duplicates: duplicates.rows,
        notes: manifest.notes(),
        problems: summary.problems,
        problems_left_out: summary.refused - summary.problems.length,
        warnings: summary.warnings.map(({ message, rows, firstLine }) => ({ message, rows, first_line: firstLine })),
        modes: summary.modes,
        watermark: summary.watermark,
        price: { amount: amountOf(cost), currency: price.priceCurrency, per_image: amountOf(each) },
        eta: {
          seconds_min: eta.secondsMin,
          seconds_max: eta.secondsMax,
          slots: eta.slots,
          assumed_seconds_per_picture: eta.secondsPerPicture,
        },
      },
      () =>
        [planText(path, batch, summary, duplicates.rows, `${cost} at ${each} each`, eta), ...manifest.notes()].join(
          '\n',
        ),
    );
    for (const line of problemLines(summary, options.json === true ? 0 : PROBLEMS_PRINTED_MAX))
      context.terminal.say(line);
    if (summary.rows === 0) context.terminal.say(`${path} has no rows.`);
    return summary.refused > 0 || summary.rows === 0 ? EXIT.usage : EXIT.ok;
  } finally {
    await manifest.close();
  }
};

const amountOf = (money: string): string => money.slice(money.indexOf(' ') + 1);

const planText = (
  path: string,
  batch: string,
  summary: ManifestSummary,
  duplicates: number,
  price: string,
  eta: Eta,
): string =>
  [
    `${path}: ${countText(summary.rows, 'row')} for the batch ${batch}`,
    `good: ${numberText(summary.accepted)} · with problems: ${numberText(summary.refused)}${duplicates > 0 ? ` (of these ${numberText(duplicates)} are there twice)` : ''}`,
    ...warningLines(summary).map((line) => `warning: ${line}`),
    watermarkLine(summary),
    `price: ${price}, for what is generated; a failed picture costs nothing`,
    `time: about ${durationText(eta.secondsMin)} to ${durationText(eta.secondsMax)} with ${countText(eta.slots, 'slot')} (UPSTREAM_SLOTS) always busy; assumes ${eta.secondsPerPicture} s a picture, the API's one documented sample, to twice that`,
    'nothing was written and nothing was paid',
  ].join('\n');
