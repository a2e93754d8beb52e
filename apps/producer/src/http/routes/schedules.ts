// Nightly batches: make, look, pause, run now, backfill.
import { z } from 'zod';
import { backfill } from '../../schedule/backfill.ts';
import { readDefinition } from '../../schedule/definition.ts';
import { runNow } from '../../schedule/run-now.ts';
import { firingJson, scheduleJson } from '../../view/schedule-json.ts';
import { HttpProblem } from '../problem.ts';
import { problems, problemsWithoutInput } from '../responses.ts';
import type { Routes } from '../server-context.ts';

const wishSchema = z
  .strictObject({
    cron: z.string().max(200).meta({ description: 'minute, hour, day of month, month, day of week: 0 2 * * *' }),
    time_zone: z.string().max(64).meta({ description: 'IANA name, such as Asia/Shanghai' }),
    manifest: z.string().max(1024).meta({ description: 's3://…, with {date}, {yyyy}, {mm}, {dd}' }),
    overlap: z.enum(['skip', 'append', 'queue']).optional(),
    catch_up: z.string().max(16).optional().meta({ description: 'such as 24h' }),
    jitter: z.string().max(16).optional(),
    until: z.string().max(5).optional().meta({ description: 'a time of day, such as 06:00' }),
    wait_for_manifest: z.string().max(16).optional(),
    run_unchanged: z.boolean().optional(),
    keep_going: z.boolean().optional(),
    map: z.array(z.string().max(300)).max(20).optional().meta({ description: 'such as source=image_link' }),
    set: z.array(z.string().max(300)).max(20).optional().meta({ description: 'such as output_ratio=16:9' }),
    budget: z.string().max(20).optional(),
    max_failures: z.string().max(12).optional(),
  })
  .meta({ id: 'ScheduleDefinition' });

const scheduleSchema = z
  .object({
    name: z.string(),
    cron: z.string(),
    time_zone: z.string(),
    manifest: z.string(),
    paused: z.boolean(),
    next_runs: z.array(z.object({ slot: z.string(), at: z.iso.datetime() })),
  })
  .loose()
  .meta({ id: 'Schedule' });

const firingSchema = z
  .object({
    slot: z.string(),
    due_at: z.iso.datetime().nullable(),
    state: z.string(),
    batch: z.string().nullable(),
    rows: z.int().nullable(),
    note: z.string(),
    ended_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Firing' });

const name = z.object({ name: z.string().min(1).max(64) });

export const scheduleRoutes: Routes = (app, context) => {
  const { schedules } = context.stores;
  const { clock } = context;
  const tags = ['schedules'];
  const known = async (text: string) => {
    const found = await schedules.read(text);
    if (found === null) throw new HttpProblem('not_found', `There is no schedule ${text}.`);
    return found;
  };

  app.get(
    '/v1/schedules',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listSchedules',
        summary: 'All schedules by name',
        tags,
        response: { 200: z.object({ data: z.array(scheduleSchema) }), ...problemsWithoutInput() },
      },
    },
    async () => ({ data: (await schedules.list()).map((schedule) => scheduleJson(schedule, clock.now())) }),
  );

  app.put(
    '/v1/schedules/:name',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'putSchedule',
        summary: 'Make a schedule, or change it',
        tags,
        params: name,
        body: wishSchema,
        response: { 200: scheduleSchema, 201: scheduleSchema, ...problems(413, 415, 422) },
      },
    },
    async (request, reply) => {
      // A file of this machine is the operator's to name, not a caller's.
      if (!request.body.manifest.startsWith('s3://'))
        throw new HttpProblem('request_invalid', 'manifest must be an s3:// address.');
      const definition = readDefinition({ ...request.body, name: request.params.name }, clock.now());
      const { created } = await schedules.put(definition, clock.now());
      return reply.code(created ? 201 : 200).send(scheduleJson(await known(definition.name), clock.now()));
    },
  );

  app.get(
    '/v1/schedules/:name',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getSchedule',
        summary: 'One schedule, its next runs and its last firings',
        tags,
        params: name,
        querystring: z.object({ limit: z.coerce.number().int().min(1).max(500).default(50) }),
        response: { 200: scheduleSchema.extend({ firings: z.array(firingSchema) }), ...problems(404) },
      },
    },
    async (request) => {
      const found = await known(request.params.name);
      const firings = await schedules.firings(found.name, request.query.limit);
      return { ...scheduleJson(found, clock.now()), firings: firings.map(firingJson) };
    },
  );

  for (const verb of ['pause', 'resume'] as const) {
    app.post(
      `/v1/schedules/:name/${verb}`,
      {
        config: { scope: 'operate' },
        schema: {
          operationId: `${verb}Schedule`,
          summary: verb === 'pause' ? 'Nothing new begins' : 'Runs again; what fell into the pause is not made up for',
          tags,
          params: name,
          response: { 200: scheduleSchema, ...problems(404) },
        },
      },
      async (request) => {
        const found = await known(request.params.name);
        await schedules.setPaused(found.name, verb === 'pause', clock.now());
        return scheduleJson(await known(found.name), clock.now());
      },
    );
  }

  app.post(
    '/v1/schedules/:name/run',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'runSchedule',
        summary: 'Run it now, beside its slots, as a batch named by the second',
        description:
          'A server takes it up within ten seconds, by the rules of the schedule: overlap, unchanged manifest, limits. Asked again in the same second it is the same run.',
        tags,
        params: name,
        response: {
          200: z.object({ slot: z.string(), batch: z.string(), added: z.boolean() }),
          ...problems(404, 409),
        },
      },
    },
    async (request) => runNow(schedules, await known(request.params.name), clock.now()),
  );

  app.post(
    '/v1/schedules/:name/backfill',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'backfillSchedule',
        summary: 'Run slots of past dates; one that has a result is left as it is',
        tags,
        params: name,
        body: z.strictObject({ from: z.iso.date(), to: z.iso.date() }),
        response: { 200: z.object({ slots: z.array(z.string()), added: z.int() }), ...problems(404, 413, 415, 422) },
      },
    },
    async (request) => {
      const found = await known(request.params.name);
      const result = await backfill(schedules, found, request.body.from, request.body.to, clock.now());
      return { added: result.added, slots: [...result.slots] };
    },
  );

  app.delete(
    '/v1/schedules/:name',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'removeSchedule',
        summary: 'Remove a schedule; its batches stay',
        tags,
        params: name,
        response: { 200: z.object({ removed: z.boolean() }), ...problems(404) },
      },
    },
    async (request) => ({ removed: await schedules.remove((await known(request.params.name)).name) }),
  );
};
