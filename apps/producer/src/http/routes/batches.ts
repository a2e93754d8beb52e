// Batches: hand one in, list, look, follow, pause, resume, cancel, seal.
import { randomUUID } from 'node:crypto';
import type { BatchOptions } from '@outpaint/shared/batch/batch';
import { type BatchName, isBatchName, SINGLE_BATCH } from '@outpaint/shared/contract/ids';
import { formatMoney, parseMoney } from '@outpaint/shared/contract/money';
import { z } from 'zod';
import { batchJson } from '../../view/batch-json.ts';
import { acceptUpload } from '../accept-upload.ts';
import { type Caller, demandBatch, maySee } from '../access.ts';
import { batchEvents, eventStream } from '../batch-events.ts';
import { cursorAfter, pageQuery, readCursor } from '../page.ts';
import { HttpProblem } from '../problem.ts';
import { batchSchema, pageOf, problems, warningSchema } from '../responses.ts';
import type { Routes, ServerContext } from '../server-context.ts';
import { typeOf, uploadOf } from '../upload.ts';

const TRUE_OR_FALSE = z.enum(['true', 'false']).default('false');
const name = z.object({ batch: z.string().min(1).max(128) });

const uploadQuery = z.object({
  batch: z.string().max(128).optional().meta({ description: "the batch's name; otherwise a new one is made up" }),
  budget: z.string().max(20).optional().meta({ description: 'stop before more than this is spent, such as 18000' }),
  max_failures: z
    .string()
    .regex(/^(\d{1,9}|\d{1,3}%)$/)
    .optional()
    .meta({ description: 'pause when so many rows are dead-lettered: 20, or 5% of the ended rows' }),
  keep_going: TRUE_OR_FALSE.meta({ description: 'leave rows with problems out instead of refusing the whole' }),
  open: TRUE_OR_FALSE.meta({ description: 'more rows will come: the batch is sealed by a call of its own' }),
});

const uploadSchema = z
  .object({
    batch: batchSchema,
    accepted: z.int(),
    existing: z.int(),
    bad: z.int(),
    conflicts: z.int(),
    price: z.string().meta({ description: 'what the accepted rows cost if each is made once' }),
    warnings: z.array(warningSchema.extend({ rows: z.int(), first_line: z.int() })),
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

/** The name of a batch that the caller may see; anything else does not exist for it. */
export const knownName = async (context: ServerContext, caller: Caller, text: string): Promise<BatchName> => {
  if (isBatchName(text) && maySee(caller, text) && (await context.stores.batches.read(text)) !== null) return text;
  throw new HttpProblem('not_found', `There is no batch ${JSON.stringify(text.slice(0, 128))}.`);
};

const readBatch = async (context: ServerContext, batch: BatchName) => {
  const found = await context.stores.batches.read(batch);
  if (found === null) throw new HttpProblem('not_found', `There is no batch ${batch}.`);
  return batchJson(found);
};

export const batchRoutes: Routes = (app, context) => {
  const { stores } = context;

  app.post(
    '/v1/batches',
    {
      config: { scope: 'enqueue' },
      schema: {
        operationId: 'createBatch',
        summary: 'Hand in a batch: CSV or JSONL of any size, or a JSON list',
        description:
          'The manifest is checked whole before anything is accepted; every bad row is named by its line. Sent again, it goes on where it was: known rows cost nothing. CSV and JSONL are streamed and may be gzip (Content-Encoding).',
        tags: ['batches'],
        querystring: uploadQuery,
        consumes: ['text/csv', 'application/jsonl', 'application/json'],
        response: { 202: uploadSchema, ...problems(409, 413, 415, 422) },
      },
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
      const max = context.settings.http.httpUploadBytesMax;
      const upload = await uploadOf(request.body, typeOf(request), request.headers['content-encoding'], max);
      try {
        const result = await acceptUpload(context, upload, {
          batch,
          keepGoing: query.keep_going === 'true',
          leaveOpen: query.open === 'true',
          options,
        });
        reply.code(202).header('location', `/v1/batches/${batch}`);
        const { summary, kind: _kind, ...counts } = result;
        return {
          batch: await readBatch(context, batch),
          ...counts,
          price: formatMoney(summary.price, '').trim(),
          warnings: summary.warnings.map(({ message, rows, firstLine }) => ({
            field: message.split(' ')[0] ?? '',
            message,
            rows,
            first_line: firstLine,
          })),
        };
      } finally {
        await upload.close();
      }
    },
  );

  app.get(
    '/v1/batches',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listBatches',
        summary: 'Batches, newest first',
        tags: ['batches'],
        querystring: z.object(pageQuery),
        response: { 200: pageOf(batchSchema), ...problems() },
      },
    },
    async (request) => {
      const caller = context.callerOf(request);
      const after = readCursor(request.query.cursor);
      const page = await stores.batches.page({ after, limit: request.query.limit });
      const seen = page.batches.filter((batch) => maySee(caller, batch.name));
      return { data: seen.map(batchJson), next_cursor: cursorAfter(page.scores, after, page.more) };
    },
  );

  app.get(
    '/v1/batches/:batch',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getBatch',
        summary: 'One batch: counts, money, state',
        tags: ['batches'],
        params: name,
        response: { 200: batchSchema, ...problems(404) },
      },
    },
    async (request) => readBatch(context, await knownName(context, context.callerOf(request), request.params.batch)),
  );

  app.get(
    '/v1/batches/:batch/events',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'followBatch',
        summary: 'Progress as server-sent events',
        description:
          'Each event `batch` carries the whole state of the batch; `ended` comes last. Reconnect with Last-Event-ID.',
        tags: ['batches'],
        params: name,
        produces: ['text/event-stream'],
        response: { 200: z.string(), ...problems(404) },
      },
    },
    async (request, reply) => {
      const batch = await knownName(context, context.callerOf(request), request.params.batch);
      const last = request.headers['last-event-id'];
      const events = (stop: AbortSignal) =>
        batchEvents(
          { batches: stores.batches, clock: context.clock },
          batch,
          typeof last === 'string' ? last.slice(0, 64) : undefined,
          stop,
        );
      return reply
        .type('text/event-stream')
        .header('x-accel-buffering', 'no')
        .send(eventStream(events, context.stopping) as never);
    },
  );

  const act = (
    verb: 'pause' | 'resume' | 'seal' | 'cancel',
    summary: string,
    work: (batch: BatchName) => Promise<unknown>,
  ): void => {
    app.post(
      `/v1/batches/:batch/${verb}`,
      {
        config: { scope: verb === 'seal' ? 'enqueue' : 'operate' },
        schema: {
          operationId: `${verb}Batch`,
          summary,
          tags: ['batches'],
          params: name,
          response: { 200: batchSchema, ...(verb === 'cancel' ? problems(404, 409) : problems(404)) },
        },
      },
      async (request) => {
        const batch = await knownName(context, context.callerOf(request), request.params.batch);
        await work(batch);
        return readBatch(context, batch);
      },
    );
  };
  act('pause', 'No further picture is submitted; what is under way ends', (batch) => stores.batches.pause(batch));
  act('resume', 'Goes on', (batch) => stores.batches.resume(batch));
  act('cancel', 'Nothing more is paid for; what is paid for is finished and delivered', (batch) =>
    stores.cancels.begin(batch),
  );
  act('seal', 'No more rows will come', (batch) => stores.batches.seal(batch));
};
