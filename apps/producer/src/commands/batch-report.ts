// `outpaint batch report`: what became of each row of a batch, from its report in the bucket.
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { asBatchName } from '@outpaint/shared/contract/ids';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { clientSettingsOf } from '@outpaint/shared/storage/client-config';
import { type Command, Option } from 'commander';
import { openReport, type Report, type ReportPart } from '../report/open-report.ts';
import { reportCsv } from '../report/report-csv.ts';
import { reportHtml } from '../report/report-html.ts';
import { countText } from '../terminal/count-text.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { createOutput, withJsonOption } from './output.ts';
import { settingsOf } from './settings-of.ts';

interface ReportOptions {
  readonly format?: 'csv' | 'jsonl' | 'html';
  readonly only?: ReportPart;
  readonly out?: string;
  readonly json?: boolean;
}

export const addBatchReportCommand = (batch: Command, context: CommandContext): void => {
  withJsonOption(batch.command('report'))
    .description('show what became of each row; the report is written when a batch ends, or stops at its limits')
    .argument('<name>', 'the batch')
    .addOption(new Option('--format <format>', 'all rows, those that failed first').choices(['csv', 'jsonl', 'html']))
    .addOption(
      new Option('--only <part>', 'these rows; failed ones as jsonl are a manifest').choices(['failed', 'succeeded']),
    )
    .option('--out <file>', 'write it there instead of to stdout')
    .addHelpText(
      'after',
      helpAfter(
        [
          'batch report spring',
          'batch report spring --format csv --out spring.csv',
          'batch report spring --format jsonl --only failed --out failed.jsonl',
        ],
        [0, 2, 5],
      ),
    )
    .action(async (name: string, options: ReportOptions) => {
      await report(context, name, options);
      context.end(EXIT.ok);
    });
};

const report = async (context: CommandContext, text: string, options: ReportOptions): Promise<void> => {
  const name = asBatchName(text);
  const bucket = context.env.OUTPAINT_BUCKET?.trim() ?? '';
  if (bucket === '')
    throw new OutpaintError('usage_wrong', 'Reports stand in the bucket: set OUTPAINT_BUCKET and what leads to it.');
  const { store } = settingsOf(context.env, ['store']);
  // Loaded only now: the client takes a third of a second, and help needs none.
  const { createObjectReader } = await import('@outpaint/shared/storage/object-reader');
  const objects = createObjectReader({ ...clientSettingsOf(store), requestTimeoutMs: store.s3RequestTimeoutMs });
  try {
    const found = await openReport({ objects, bucket, keyPrefix: store.outpaintKeyPrefix }, name);
    if (found === null)
      throw new OutpaintError(
        'report_missing',
        `There is no report of ${name}: a worker writes it when the batch ends, or stops at its budget or failure limit. outpaint batch show ${name} says how it stands.`,
      );
    if (options.format === undefined) summary(context, found, options);
    else await write(context, piecesOf(found, options.format, options.only), options.out);
  } finally {
    objects.close();
  }
};

const piecesOf = (
  found: Report,
  format: NonNullable<ReportOptions['format']>,
  only: ReportPart | undefined,
): AsyncIterable<string> => {
  const parts: readonly ReportPart[] = only === undefined ? ['failed', 'succeeded'] : [only];
  if (format === 'csv') return reportCsv(found.rows(parts));
  if (format === 'html') return reportHtml(found.manifest, found.rows(parts));
  return jsonLines(found, parts);
};

async function* jsonLines(found: Report, parts: readonly ReportPart[]): AsyncGenerator<string> {
  for (const part of parts) for await (const line of found.lines(part)) yield `${line}\n`;
}

const write = async (
  { terminal }: CommandContext,
  pieces: AsyncIterable<string>,
  out: string | undefined,
): Promise<void> => {
  if (out === undefined) {
    for await (const piece of pieces) terminal.data(piece);
    return;
  }
  await pipeline(Readable.from(pieces), createWriteStream(out)).catch((error: unknown) => {
    throw new OutpaintError(
      'usage_wrong',
      `${out} cannot be written: ${error instanceof Error ? error.message : ''}.`,
      {
        cause: error,
      },
    );
  });
  terminal.say(`Written to ${out}.`);
};

const summary = ({ terminal }: CommandContext, { manifest, location }: Report, options: ReportOptions): void => {
  const files = Object.fromEntries(
    (['manifest.json', 'succeeded.jsonl', 'failed.jsonl'] as const).map((file) => [file, location(file)]),
  );
  createOutput(terminal, options).result({ report: manifest, locations: files }, () =>
    [
      `${manifest.batch}: ${manifest.ended}, report of ${manifest.written_at}`,
      `${countText(manifest.files['succeeded.jsonl'].rows, 'row')} delivered: ${location('succeeded.jsonl')}`,
      `${countText(manifest.files['failed.jsonl'].rows, 'row')} not: ${location('failed.jsonl')}`,
      `${manifest.currency} ${manifest.spent} spent.`,
    ].join('\n'),
  );
};
