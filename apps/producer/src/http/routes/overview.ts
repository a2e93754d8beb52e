// Everything that the first page shows, in one answer and as events.
import { z } from 'zod';
import { overviewJson } from '../../view/overview-json.ts';
import { type Caller, maySee } from '../access.ts';
import { eventStream } from '../batch-events.ts';
import { deadCodes } from '../dead-codes.ts';
import { batchSchema, lineSchema, problems } from '../responses.ts';
import type { Routes, ServerContext } from '../server-context.ts';
import { stateEvents } from '../state-events.ts';

/** Batches that are looked at, newest first; older ones that still work are rare, and in the list of batches. */
const BATCHES_LOOKED_AT = 200;
const EVENTS_MS_MAX = 600_000;
const DAY_MS = 86_400_000;

const overviewSchema = z
  .object({
    line: lineSchema,
    limits: z.object({
      slots: z.int(),
      submits_per_second: z.number(),
      price_per_image: z.string(),
      currency: z.string(),
    }),
    spent_today: z.array(z.object({ currency: z.string(), amount: z.string() })),
    at_work: z.array(batchSchema),
    recent: z.array(batchSchema),
    dead_letters: z.object({
      total: z.int(),
      codes: z.array(z.object({ code: z.string(), count: z.int(), meaning: z.string(), remedy: z.string() })),
    }),
  })
  .meta({ id: 'Overview' });

const query = z.object({
  utc_offset: z.coerce
    .number()
    .int()
    .min(-840)
    .max(840)
    .default(0)
    .meta({ description: 'minutes east of UTC: when the day of the reader began' }),
});

const dayBegan = (now: number, offsetMinutes: number): number => {
  const offset = offsetMinutes * 60_000;
  return Math.floor((now + offset) / DAY_MS) * DAY_MS - offset;
};

const overviewOf = async (context: ServerContext, caller: Caller, offsetMinutes: number) => {
  const { stores, settings, clock } = context;
  const [line, page, dead, spentMicro] = await Promise.all([
    stores.batches.line(),
    stores.batches.page({ after: null, limit: BATCHES_LOOKED_AT }),
    deadCodes(context, caller),
    // Spending is counted over all batches.
    caller.batchPrefix === '' ? stores.spentSince(dayBegan(clock.now(), offsetMinutes)) : {},
  ]);
  return overviewJson({
    line,
    batches: page.batches.filter((batch) => maySee(caller, batch.name)),
    dead,
    spentMicro,
    limits: {
      slots: settings.upstream.upstreamSlots,
      submitsPerSecond: settings.upstream.submitRatePerSecond,
      pricePerImage: settings.price.pricePerImage,
      currency: settings.price.priceCurrency,
    },
  });
};

export const overviewRoutes: Routes = (app, context) => {
  const tags = ['operations'];

  app.get(
    '/v1/overview',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getOverview',
        summary: 'The line, spend of the day, batches at work, dead letters by code',
        tags,
        querystring: query,
        response: { 200: overviewSchema, ...problems() },
      },
    },
    async (request) => overviewOf(context, context.callerOf(request), request.query.utc_offset),
  );

  app.get(
    '/v1/overview/events',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'followOverview',
        summary: 'The same as server-sent events, whenever it changed',
        tags,
        querystring: query,
        produces: ['text/event-stream'],
        response: { 200: z.string(), ...problems() },
      },
    },
    async (request, reply) => {
      const caller = context.callerOf(request);
      const { utc_offset: offset } = request.query;
      const last = request.headers['last-event-id'];
      const look = async () => ({ data: await overviewOf(context, caller, offset), ending: null });
      const told = typeof last === 'string' ? last.slice(0, 64) : undefined;
      const wish = { event: 'overview', look, clock: context.clock, msMax: EVENTS_MS_MAX };
      return reply
        .type('text/event-stream')
        .header('x-accel-buffering', 'no')
        .send(eventStream((stop) => stateEvents(wish, told, stop), context.stopping) as never);
    },
  );
};
