// One expansion at a time: hand it in, ask for it.
import { expansionIdOf, isBatchName, isExpansionId, SINGLE_BATCH } from '@outpaint/shared/contract/ids';
import { parseRequest } from '@outpaint/shared/contract/request';
import { expansionRequestSchema } from '@outpaint/shared/contract/request-schema';
import { readTraceContext } from '@outpaint/shared/contract/trace-context';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import type { KeptAnswer } from '@outpaint/shared/record/idempotency-store';
import type { OpenSpan } from '@outpaint/shared/telemetry/tracing';
import { z } from 'zod';
import { expansionJson } from '../../view/expansion-json.ts';
import { demandBatch, maySee } from '../access.ts';
import { answeredOnce, customIdOfKey, idempotencyKeyOf } from '../idempotent.ts';
import { HttpProblem } from '../problem.ts';
import { acceptedExpansionSchema, expansionSchema, problems } from '../responses.ts';
import type { Routes } from '../server-context.ts';

export const expansionRoutes: Routes = (app, context) => {
  const { stores } = context;

  app.post(
    '/v1/expansions',
    {
      config: { scope: 'enqueue' },
      schema: {
        operationId: 'createExpansion',
        summary: 'Hand in one expansion',
        description:
          'Accepted means kept: it survives whatever happens to server, workers and Redis. Sent again with the same Idempotency-Key, or the same batch and custom_id, it is the same expansion and is paid once.',
        tags: ['expansions'],
        headers: z.object({
          'idempotency-key': z
            .string()
            .optional()
            .meta({ description: 'a UUID of yours; also names the expansion where custom_id is left out' }),
          traceparent: z.string().optional().meta({
            description: 'your span (W3C Trace Context), kept with the expansion; a malformed one is ignored',
          }),
          tracestate: z.string().optional().meta({ description: 'goes with traceparent' }),
        }),
        body: expansionRequestSchema,
        response: { 202: acceptedExpansionSchema, ...problems(409, 413, 415, 422) },
      },
      // The contract says more than a schema can: what is wrong, what is allowed, what to do.
      validatorCompiler: () => (value: unknown) => ({ value }),
    },
    async (request, reply) => {
      const caller = context.callerOf(request);
      const key = idempotencyKeyOf(request);
      const parsed = parseRequest(request.body, {
        randomCustomId: () => (key === null ? context.newName() : customIdOfKey(caller, key)) as never,
      });
      if (!parsed.ok) {
        throw new HttpProblem('request_invalid', 'Nothing was accepted and nothing is paid.', {
          errors: parsed.problems,
        });
      }
      const { request: wanted, warnings } = parsed;
      demandBatch(caller, wanted.batch);
      const { traceparent, tracestate } = request.headers;
      const terms = {
        parent: readTraceContext(traceparent, tracestate),
        begins: true,
        kind: 'server',
        facts: { door: 'http' },
      } as const;
      const accept = async (span: OpenSpan): Promise<KeptAnswer> => {
        await context.demandRoom();
        if (wanted.batch !== SINGLE_BATCH) {
          const batch = await stores.batches.read(wanted.batch);
          if (batch?.run === 'cancelled' || batch?.run === 'cancelling')
            throw new HttpProblem('batch_cancelled', `The batch ${wanted.batch} was cancelled and takes no rows.`);
        }
        await stores.batches.open(wanted.batch, {});
        const [answer] = await stores.batches.accept(wanted.batch, [wanted], span.context);
        if (answer === undefined) throw new OutpaintError('row_unanswered', 'The store did not answer for the row.');
        if (answer.kind === 'conflict') {
          throw new HttpProblem(
            'expansion_conflict',
            `${JSON.stringify(wanted.custom_id)} was accepted in ${wanted.batch} with another ${answer.fields.join(', ')}.`,
            { errors: answer.fields.map((field) => ({ field, value: undefined, message: 'differs' })) },
          );
        }
        const names = {
          expansion_id: answer.id,
          batch: wanted.batch,
          ...(span.context === null ? {} : { trace_id: span.context.traceId }),
        };
        span.note({ ...names, created: answer.kind === 'accepted' });
        if (answer.kind === 'accepted') context.log.info({ stage: 'intake', ...names }, 'expansion accepted');
        return {
          status: 202,
          headers: { location: `/v1/expansions/${answer.id}` },
          body: JSON.stringify({
            expansion_id: answer.id,
            batch: wanted.batch,
            custom_id: wanted.custom_id,
            output_key: wanted.output_key,
            created: answer.kind === 'accepted',
            warnings,
          }),
        };
      };
      return answeredOnce(context.idempotency, caller, request, reply, () =>
        context.tracing.during('intake', terms, accept),
      );
    },
  );

  app.get(
    '/v1/expansions/:id',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getExpansion',
        summary: 'One expansion and its history',
        tags: ['expansions'],
        params: z.object({ id: z.string().max(64).meta({ description: 'x_ and 26 characters' }) }),
        response: { 200: expansionSchema, ...problems(404) },
      },
    },
    async (request) => {
      const caller = context.callerOf(request);
      const { id } = request.params;
      const record = isExpansionId(id) ? await stores.records.read(id) : null;
      if (record === null || !maySee(caller, record.batch))
        throw new HttpProblem('not_found', `There is no expansion ${id.slice(0, 64)}.`);
      const history = await stores.records.history(record.id);
      return {
        ...expansionJson(record),
        history: history.map(({ at, ...entry }) => ({ at: new Date(at).toISOString(), ...entry })),
      };
    },
  );

  app.get(
    '/v1/batches/:batch/expansions/:custom_id',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getExpansionByName',
        summary: 'One expansion by the name that you gave it',
        tags: ['expansions'],
        params: z.object({ batch: z.string().max(128), custom_id: z.string().max(1024) }),
        response: {
          303: z.null().meta({ description: 'Location says where it is; it may turn out that there is none' }),
          ...problems(404),
        },
      },
    },
    async (request, reply) => {
      const caller = context.callerOf(request);
      const { batch, custom_id: customId } = request.params;
      if (!isBatchName(batch) || !maySee(caller, batch))
        throw new HttpProblem('not_found', 'There is no such expansion.');
      return reply.redirect(`/v1/expansions/${expansionIdOf(batch, customId as never)}`, 303);
    },
  );
};
