// `outpaint plan`: what a manifest would come to. Pays nothing, writes nothing but a plan file, and works without Redis and bucket.
import type { Command } from 'commander';
import { checkRows } from '../manifest/check-rows.ts';
import { problemLines } from '../manifest/manifest-text.ts';
import { summariseRows } from '../manifest/summarise-rows.ts';
import { etaOf } from '../plan/eta.ts';
import { memoryNeed } from '../plan/memory-need.ts';
import { boundPrice, boundSettings } from '../plan/plan-file.ts';
import { type Plan, planJson, planText } from '../plan/plan-report.ts';
import { foundLines } from '../plan/probe/probe-text.ts';
import { sampleRows } from '../plan/probe/sample-rows.ts';
import { tallyRows } from '../plan/tally-rows.ts';
import { batchNameOf } from './batch-name-of.ts';
import type { CommandContext } from './context.ts';
import { countDuplicates } from './count-duplicates.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { askBucket, askRedis } from './look-around.ts';
import { openManifest } from './manifest-file.ts';
import { createOutput, withJsonOption } from './output.ts';
import { lastingPath, writePlan } from './planned-run.ts';
import { probeManifest, probeOption } from './probe-manifest.ts';
import { settingsOf } from './settings-of.ts';
import { FORMAT_OPTION, MANIFEST_ARGUMENT, type ShapeOptions, shapeOf, withShapeOptions } from './shape-options.ts';

interface PlanOptions extends ShapeOptions {
  readonly format?: string;
  readonly batch?: string;
  readonly json?: boolean;
  readonly probe?: number | 'all';
  readonly out?: string;
}

const PROBLEMS_PRINTED_MAX = 20;

export const addPlanCommand = (program: Command, context: CommandContext): void => {
  withJsonOption(
    withShapeOptions(program.command('plan'))
      .description('dry run: check a manifest, and say what it would cost and how long it would take; writes nothing')
      .argument('<manifest>', MANIFEST_ARGUMENT)
      .option('--format <format>', FORMAT_OPTION)
      .option('--batch <name>', 'the batch that the rows would go into; otherwise named after the file')
      .option(
        '--probe <rows>',
        'read the first bytes of so many sources, chosen by chance, or of all, and say which would fail',
        probeOption,
      )
      .option('--out <file>', 'write the plan, bound to manifest, price and settings, for `outpaint run --plan`'),
  )
    .addHelpText(
      'after',
      helpAfter(
        [
          'plan spring.csv',
          'plan feed.tsv --map custom_id=id --map source=image_link --set output_ratio=16:9',
          'plan feed.csv --probe 200',
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
    const checked = () => checkRows(manifest.rows(), { batch });
    const { tally, rows } = tallyRows(countDuplicates(checked(), duplicates));
    const sample = sampleRows(rows, typeof options.probe === 'number' ? options.probe : 0, Math.random);
    const summary = await summariseRows(sample.rows, { pricePerImage: price.pricePerImage });
    context.terminal.progress('looking at Redis and the bucket');
    const [redis, bucket] = await Promise.all([askRedis(context.env, batch), askBucket(context.env, tally.outputs)]);
    const probe =
      options.probe === undefined
        ? null
        : await probeManifest(context, options.probe === 'all' ? checked() : sample.chosen());
    const found: Plan = {
      path,
      batch,
      summary,
      duplicates: duplicates.rows,
      tally,
      notes: manifest.notes(),
      price: { each: price.pricePerImage, currency: price.priceCurrency },
      eta: etaOf(
        tally.rows,
        { slots: upstream.upstreamSlots, submitsPerSecond: upstream.submitRatePerSecond },
        'why' in redis ? { ordinary: [], best: [] } : redis.durations,
      ),
      bucket,
      probe,
      redis:
        'why' in redis
          ? redis
          : {
              need: memoryNeed(summary.accepted, tally.requestBytes, redis.memory),
              rowsKnown: redis.rowsKnown,
            },
    };
    context.terminal.clearProgress();
    createOutput(context.terminal, options).result(planJson(found), () => planText(found));
    if (options.out !== undefined) {
      await writePlan(options.out, {
        v: 1,
        manifest: {
          path: lastingPath(path),
          format: options.format ?? null,
          map: [...(options.map ?? [])],
          set: [...(options.set ?? [])],
          sha256: await manifest.tag(),
        },
        batch,
        rows: { good: summary.accepted, bad: summary.refused },
        price: boundPrice(summary.accepted, price.pricePerImage, price.priceCurrency),
        settings: boundSettings(context.env),
      });
      context.terminal.say(
        `The plan is in ${options.out}; outpaint run --plan ${options.out} runs it as it is, or not at all.`,
      );
    }
    for (const line of problemLines(summary, options.json === true ? 0 : PROBLEMS_PRINTED_MAX))
      context.terminal.say(line);
    if (options.json !== true && probe !== null) {
      for (const line of foundLines(probe)) context.terminal.say(line);
    }
    if (summary.rows === 0) context.terminal.say(`${path} has no rows.`);
    return summary.refused > 0 || summary.rows === 0 || (probe?.failing ?? 0) > 0 ? EXIT.usage : EXIT.ok;
  } finally {
    await manifest.close();
  }
};
