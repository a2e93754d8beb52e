// Mends a dead letter: another source or other parameters, so that a redrive makes another picture than the one that failed.
import { isExpansionId } from '@outpaint/shared/contract/ids';
import { z } from 'zod';
import { isDead } from '../../desk/dead-rows.ts';
import { applyEdit } from '../../desk/edit-rows.ts';
import { deadRowJson } from '../../view/dead-letter-json.ts';
import { maySee } from '../access.ts';
import { HttpProblem } from '../problem.ts';
import { deadLetterSchema, problems, warningSchema } from '../responses.ts';
import type { Routes } from '../server-context.ts';

const editBody = z.strictObject({
  source: z.string().max(8192).optional(),
  parameters: z
    .record(z.string(), z.unknown())
    .optional()
    .meta({ description: 'all parameters of the row; what is left out has its default' }),
});

const answerSchema = deadLetterSchema.extend({
  changed: z.array(z.string()).meta({ description: 'dotted names of what differs from before' }),
  warnings: z.array(warningSchema),
});

const MOVED = 'The row was moved or edited meanwhile: look at it again.';

export const deadLetterEditRoutes: Routes = (app, context) => {
  const { stores } = context;
  app.patch(
    '/v1/dead-letters/:id',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'editDeadLetter',
        summary: 'Change the source or the parameters of a dead letter; a redrive then submits it so',
        description:
          'Checked as a new request. A row that goes on with a picture that is paid for is not changed (`state_conflict`). The history keeps what was changed.',
        tags: ['dead letters'],
        params: z.object({ id: z.string().max(64) }),
        body: editBody,
        response: { 200: answerSchema, ...problems(404, 409, 413, 415, 422) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const record = isExpansionId(id) ? await stores.records.read(id) : null;
      if (!isDead(record) || !maySee(context.callerOf(request), record.batch))
        throw new HttpProblem('not_found', `There is no dead letter of ${id.slice(0, 64)}.`);
      const edit = await applyEdit(stores, record, request.body, context.policy);
      if (edit.kind === 'same') return { ...deadRowJson(record), changed: [], warnings: [] };
      if (edit.kind === 'wrong')
        throw new HttpProblem('request_invalid', 'Nothing was changed.', { errors: edit.problems });
      if (edit.kind === 'paid')
        throw new HttpProblem(
          'state_conflict',
          `Its picture is paid for and a redrive goes on at ${edit.stage}: a change would have no effect.`,
        );
      if (edit.kind === 'moved') throw new HttpProblem('state_conflict', MOVED);
      return {
        ...deadRowJson({ ...record, request: edit.request }),
        changed: [...edit.fields],
        warnings: [...edit.warnings],
      };
    },
  );
};
