// Batches: list, look, follow, pause, resume, cancel, seal.
import { type BatchName, isBatchName } from '@outpaint/shared/contract/ids';
import { z } from 'zod';
import { batchJson } from '../../view/batch-json.ts';
import { type Caller, maySee } from '../access.ts';
import { batchEvents, eventStream } from '../batch-events.ts';
import { cursorAfter, pageQuery, readCursor } from '../page.ts';
import { HttpProblem } from '../problem.ts';
import { batchSchema, pageOf, problems } from '../responses.ts';
import type { Routes, ServerContext } from '../server-context.ts';

const name = z.object({ batch: z.string().min(1).max(128) });

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
