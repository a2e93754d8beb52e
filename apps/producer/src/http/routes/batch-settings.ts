// What may be changed of a batch while it runs: its budget and its limit of failures.
import { parseMoney } from '@outpaint/shared/contract/money';
import { z } from 'zod';
import { batchJson } from '../../view/batch-json.ts';
import { HttpProblem } from '../problem.ts';
import { batchSchema, problems } from '../responses.ts';
import type { Routes } from '../server-context.ts';
import { knownName } from './batches.ts';

const changeBody = z.strictObject({
  budget: z.string().max(20).nullable().meta({ description: 'such as 18000; null for none' }),
});

export const batchSettingsRoutes: Routes = (app, context) => {
  const { stores } = context;
  app.patch(
    '/v1/batches/:batch',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'changeBatch',
        summary: 'Change the budget; a batch that it had paused is resumed by a call of its own',
        tags: ['batches'],
        params: z.object({ batch: z.string().min(1).max(128) }),
        body: changeBody,
        response: { 200: batchSchema, ...problems(404, 413, 415, 422) },
      },
    },
    async (request) => {
      const batch = await knownName(context, context.callerOf(request), request.params.batch);
      const { budget } = request.body;
      await stores.batches.open(batch, { budgetMicro: budget === null ? null : parseMoney(budget) });
      const found = await stores.batches.read(batch);
      if (found === null) throw new HttpProblem('not_found', `There is no batch ${batch}.`);
      return batchJson(found);
    },
  );
};
