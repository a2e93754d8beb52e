// `outpaint batch report`: what became of each row of a batch, from its report in the bucket.
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { asBatchName } from '@outpaint/shared/contract/ids';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { clientSettingsOf } from '@outpaint/shared/storage/client-config';
import type { ObjectReader } from '@outpaint/shared/storage/object-reader';
import { type Command, Option } from 'commander';
import { openReport, type Report, type ReportPart } from '../report/open-report.ts';
import { reportCsv } from '../report/report-csv.ts';
import { HTML_PICTURE_ROWS_MAX, type HtmlPictures, reportHtml } from '../report/report-html.ts';
import { countText, numberText } from '../terminal/count-text.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { createOutput, withJsonOption } from './output.ts';
import { settingsOf } from './settings-of.ts';

interface ReportOptions {
  readonly format?: 'csv' | 'jsonl' | 'html';
  readonly only?: ReportPart;
  readonly thumbnails?: boolean;
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
    .option(
      '--thumbnails',
      `show the pictures before and after in the page, of its first ${numberText(HTML_PICTURE_ROWS_MAX)} rows`,
    )
    .option('--out <file>', 'write it there instead of to stdout')
    .addHelpText(
      'after',
      helpAfter(
        [
          'batch report spring',
          'batch report spring --format csv --out spring.csv',
          'batch report spring --format jsonl --only failed --out failed.jsonl',
          'batch report spring --format html --thumbnails --out spring.html',
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
  if (options.thumbnails === true && options.format !== 'html')
    throw new OutpaintError('usage_wrong', '--thumbnails stand in a page: add --format html.');
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
    const { format, only, out } = options;
    const parts: readonly ReportPart[] = only === undefined ? ['failed', 'succeeded'] : [only];
    if (format === undefined) summary(context, found, options);
    else if (options.thumbnails === true) await writePictured(context, found, parts, { objects, bucket, out });
    else await write(context, PIECES[format](found, parts), out);
  } finally {
    objects.close();
  }
};

async function* jsonLines(found: Report, parts: readonly ReportPart[]): AsyncGenerator<string> {
  for (const part of parts) for await (const line of found.lines(part)) yield `${line}\n`;
}

type Pieces = (found: Report, parts: readonly ReportPart[]) => AsyncIterable<string>;
const PIECES: Readonly<Record<NonNullable<ReportOptions['format']>, Pieces>> = {
  csv: (found, parts) => reportCsv(found.rows(parts)),
  jsonl: jsonLines,
  html: (found, parts) => reportHtml(found.manifest, found.rows(parts)),
};

/** The page with pictures; what is left out, and what could not be had, is said at the end. */
const writePictured = async (
  context: CommandContext,
  found: Report,
  parts: readonly ReportPart[],
  { objects, bucket, out }: { objects: ObjectReader; bucket: string; out: string | undefined },
): Promise<void> => {
  const { terminal } = context;
  const rows = parts.reduce((sum, part) => sum + found.manifest.files[`${part}.jsonl`].rows, 0);
  const rowsMax = HTML_PICTURE_ROWS_MAX;
  // Loaded only now, as the reader of the bucket is.
  const { openDrawing } = await import('./open-drawing.ts');
  const drawing = openDrawing(context.env, objects, bucket);
  let drawn = 0;
  const pictures: HtmlPictures = {
    rowsMax,
    draw: async (row) => {
      const answer = await drawing.draw(row);
      drawn += 1;
      terminal.progress(`pictures of ${numberText(drawn)} of ${countText(Math.min(rows, rowsMax), 'row')}`);
      return answer;
    },
  };
  try {
    await write(context, reportHtml(found.manifest, found.rows(parts), pictures), out);
  } finally {
    terminal.clearProgress();
    await drawing.close();
  }
  if (rows > rowsMax)
    terminal.say(`Pictures stand beside the first ${numberText(rowsMax)} of ${countText(rows, 'row')}.`);
  const missing = drawing.missing();
  if (missing > 0) terminal.say(`${countText(missing, 'picture')} could not be shown; the page says why.`);
};

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
