// A batch is handed in: its manifest sent along, or named where it lies.
import { randomUUID } from 'node:crypto';
import type { BatchOptions } from '@outpaint/shared/batch/batch';
import { isBatchName, SINGLE_BATCH } from '@outpaint/shared/contract/ids';
import { formatMoney, parseMoney } from '@outpaint/shared/contract/money';
import { readTraceContext } from '@outpaint/shared/contract/trace-context';
import { z } from 'zod';
import { batchJson } from '../../view/batch-json.ts';
import { acceptUpload } from '../accept-upload.ts';
import { demandBatch } from '../access.ts';
import { allButBody, givenManifest, MANIFEST_TYPES, manifestBody, shapeQuery } from '../given-manifest.ts';
import { HttpProblem } from '../problem.ts';
import { batchSchema, problems, warningSchema } from '../responses.ts';
import type { Routes } from '../server-context.ts';

const TRUE_OR_FALSE = z.enum(['true', 'false']).default('false');
const newBatchQuery = z.object({
  batch: z.string().max(128).optional().meta({ description: "the batch's name; otherwise a new one is made up" }),
  budget: z.string().max(20).optional().meta({ description: 'stop before more than this is spent, such as 18000' }),
  max_failures: z
    .string()
    .regex(/^(\d{1,9}|\d{1,3}%)$/)
    .optional()
    .meta({ description: 'pause when so many rows are dead-lettered: 20, or 5% of the ended rows' }),
  keep_going: TRUE_OR_FALSE.meta({ description: 'leave rows with problems out instead of refusing the whole' }),
  ...shapeQuery,
  open: TRUE_OR_FALSE.meta({ description: 'more rows will come: the batch is sealed by a call of its own' }),
});

const acceptedBatchSchema = z
  .object({
    batch: batchSchema,
    accepted: z.int(),
    existing: z.int(),
    bad: z.int(),
    conflicts: z.int(),
    price: z.string().meta({ description: 'what the accepted rows cost if each is made once' }),
    warnings: z.array(warningSchema.extend({ rows: z.int(), first_line: z.int() })),
    notes: z.array(z.string()).meta({ description: 'what was left out of a listing' }),
  })
  .meta({ id: 'AcceptedBatch' });

const optionsOf = (query: { budget?: string | undefined; max_failures?: string | undefined }): BatchOptions => {
  const limit = query.max_failures;
  return {
    ...(query.budget === undefined ? {} : { budgetMicro: parseMoney(query.budget) }),
    ...(limit === undefined
      ? {}
      : limit.endsWith('%')
        ? { failuresPercent: Number(limit.slice(0, -1)) }
        : { failuresMax: Number(limit) }),
  };
};

export const newBatchRoutes: Routes = (app, context) => {
  const { stores } = context;

  app.post(
    '/v1/batches',
    {
      config: { scope: 'enqueue' },
      schema: {
        operationId: 'createBatch',
        summary: 'Hand in a batch: CSV or JSONL of any size, a JSON list, or where a manifest lies',
        description:
          'The manifest is checked whole before anything is accepted; every bad row is named by its line. Sent again, it goes on where it was: known rows cost nothing. CSV and JSONL are streamed and may be gzip (Content-Encoding). JSON is a list of expansions, or {"manifest": "s3://…"}.',
        tags: ['batches'],
        querystring: newBatchQuery,
        consumes: MANIFEST_TYPES,
        body: manifestBody,
        response: { 202: acceptedBatchSchema, ...problems(409, 413, 415, 422) },
      },
      validatorCompiler: allButBody,
    },
    async (request, reply) => {
      const caller = context.callerOf(request);
      const { query } = request;
      const batch = query.batch ?? `${caller.batchPrefix}batch-${randomUUID()}`;
      if (!isBatchName(batch) || batch === SINGLE_BATCH) {
        throw new HttpProblem('request_invalid', 'A batch has 1 to 128 of A-Z a-z 0-9 . _ -, not "_" first.', {
          errors: [{ field: 'batch', value: batch, message: 'is no name of a batch' }],
        });
      }
      demandBatch(caller, batch);
      const options = optionsOf(query);
      await context.demandRoom();
      const manifest = await givenManifest(context, request, { batch, query });
      try {
        const result = await acceptUpload(context, manifest, {
          batch,
          keepGoing: query.keep_going === 'true',
          leaveOpen: query.open === 'true',
          options,
        });
        const trace = readTraceContext(request.headers.traceparent, request.headers.tracestate);
        context.log.info(
          { batch, rows: result.accepted, ...(trace === null ? {} : { trace_id: trace.traceId }) },
          'batch accepted',
        );
        reply.code(202).header('location', `/v1/batches/${batch}`);
        const { summary, kind: _kind, ...counts } = result;
        const found = await stores.batches.read(batch);
        if (found === null) throw new HttpProblem('not_found', `There is no batch ${batch}.`);
        return {
          batch: batchJson(found),
          ...counts,
          price: formatMoney(summary.price, '').trim(),
          warnings: summary.warnings.map(({ message, rows, firstLine }) => ({
            field: message.split(' ')[0] ?? '',
            message,
            rows,
            first_line: firstLine,
          })),
          notes: [...manifest.notes()],
        };
      } finally {
        await manifest.close();
      }
    },
  );
};
