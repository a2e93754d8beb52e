// How fast a batch went from its first row to its last, or until now.
import { STRETCHES_MAX } from '@outpaint/shared/record/batch-course';
import { z } from 'zod';
import { courseStepOf } from '../course-step.ts';
import { HttpProblem } from '../problem.ts';
import { problems } from '../responses.ts';
import type { Routes } from '../server-context.ts';
import { knownName } from './batches.ts';

const courseSchema = z
  .object({
    from: z.iso.datetime(),
    step_seconds: z.int(),
    slots: z.int().meta({ description: 'slots that all batches share' }),
    delivered: z.array(z.int()).meta({ description: 'in each step from `from` on; the last one may not be over' }),
    dead_lettered: z.array(z.int()).meta({ description: 'those that are dead-lettered now' }),
  })
  .meta({ id: 'BatchCourse' });

export const batchCourseRoutes: Routes = (app, context) => {
  app.get(
    '/v1/batches/:batch/course',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getBatchCourse',
        summary: 'How many rows ended in each stretch of time',
        description: `At most ${STRETCHES_MAX} stretches of equal length, from the making of the batch to its end or now. Rows that were forgotten after their report are not counted.`,
        tags: ['batches'],
        params: z.object({ batch: z.string().min(1).max(128) }),
        response: { 200: courseSchema, ...problems(404) },
      },
    },
    async (request) => {
      const name = await knownName(context, context.callerOf(request), request.params.batch);
      const batch = await context.stores.batches.read(name);
      if (batch === null) throw new HttpProblem('not_found', `There is no batch ${name}.`);
      const from = Math.floor(batch.createdAt / 1_000) * 1_000;
      const until = Math.max(from + 1_000, (batch.finishedAt ?? context.clock.now()) + 1);
      const stepMs = courseStepOf(until - from, STRETCHES_MAX);
      const stretches = await context.stores.course(name, { from, until, stepMs });
      return {
        from: new Date(from).toISOString(),
        step_seconds: stepMs / 1_000,
        slots: context.settings.upstream.upstreamSlots,
        delivered: stretches.map(({ delivered }) => delivered),
        dead_lettered: stretches.map(({ deadLettered }) => deadLettered),
      };
    },
  );
};
