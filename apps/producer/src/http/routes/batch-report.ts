// How a batch ended, and its dead letters back to work.
import { Readable } from 'node:stream';
import { REPORT_FILES } from '@outpaint/shared/contract/report';
import { z } from 'zod';
import { openReport, type Report } from '../../report/open-report.ts';
import { reportCsv } from '../../report/report-csv.ts';
import { reportHtml } from '../../report/report-html.ts';
import { HttpProblem } from '../problem.ts';
import { problems } from '../responses.ts';
import type { Routes } from '../server-context.ts';
import { knownName } from './batches.ts';
import { redriveAnswer, redriveBody, redriveSelected } from './dead-letters.ts';

const name = z.object({ batch: z.string().min(1).max(128) });
const fileFacts = z.object({ key: z.string(), rows: z.int(), bytes: z.int(), sha256: z.string() });

const reportSchema = z
  .object({
    batch: z.string(),
    ended: z.enum(['finished', 'cancelled', 'budget', 'threshold']),
    written_at: z.iso.datetime(),
    rows: z.int(),
    currency: z.string(),
    spent: z.string(),
    files: z.object({ 'succeeded.jsonl': fileFacts, 'failed.jsonl': fileFacts }),
    locations: z.record(z.string(), z.string()),
  })
  .loose()
  .meta({ id: 'BatchReport', description: 'the manifest.json of the report, and where its files stand' });

async function* linesOf(report: Report): AsyncGenerator<string> {
  for (const part of ['failed', 'succeeded'] as const) for await (const line of report.lines(part)) yield `${line}\n`;
}

const PIECES = {
  csv: (report: Report) => reportCsv(report.rows()),
  jsonl: linesOf,
  html: (report: Report) => reportHtml(report.manifest, report.rows()),
} as const;
const TYPES = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/jsonl',
  html: 'text/html; charset=utf-8',
} as const;

export const batchReportRoutes: Routes = (app, context) => {
  const found = async (caller: ReturnType<typeof context.callerOf>, text: string): Promise<Report> => {
    const batch = await knownName(context, caller, text);
    const report = await openReport(context.reports, batch);
    if (report === null)
      throw new HttpProblem('not_found', `There is no report of ${batch} yet: it is written when the batch ends.`);
    return report;
  };

  app.get(
    '/v1/batches/:batch/report',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getBatchReport',
        summary: 'How a batch ended: counts, money, hashes, and where the rows stand',
        tags: ['batches'],
        params: name,
        response: { 200: reportSchema, ...problems(404) },
      },
    },
    async (request) => {
      const { manifest, location } = await found(context.callerOf(request), request.params.batch);
      return { ...manifest, locations: Object.fromEntries(REPORT_FILES.map((file) => [file, location(file)])) };
    },
  );

  app.get(
    '/v1/batches/:batch/report/rows',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getBatchReportRows',
        summary: 'Every row of the report, those that failed first',
        tags: ['batches'],
        params: name,
        querystring: z.object({ format: z.enum(['csv', 'jsonl', 'html']).default('jsonl') }),
        produces: ['application/jsonl', 'text/csv', 'text/html'],
        response: { 200: z.string(), ...problems(404) },
      },
    },
    async (request, reply) => {
      const { format } = request.query;
      const report = await found(context.callerOf(request), request.params.batch);
      return reply.type(TYPES[format]).send(Readable.from(PIECES[format](report)) as never);
    },
  );

  app.post(
    '/v1/batches/:batch/retry',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'retryBatch',
        summary: 'Take the dead letters of a batch back to work, from the stage that they reached',
        description: 'As POST /v1/dead-letters/redrive with its name; `more` says that the same call again goes on.',
        tags: ['batches'],
        params: name,
        body: redriveBody.omit({ ids: true, batch: true, all: true }),
        response: { 200: redriveAnswer, ...problems(404, 413, 415) },
      },
    },
    async (request) => {
      const caller = context.callerOf(request);
      const batch = await knownName(context, caller, request.params.batch);
      return redriveSelected(context, caller, { ...request.body, batch });
    },
  );
};
