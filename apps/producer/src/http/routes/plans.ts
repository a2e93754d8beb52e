// What a manifest would come to, before anything is kept or paid.
import { isBatchName, SINGLE_BATCH } from '@outpaint/shared/contract/ids';
import { formatMoney } from '@outpaint/shared/contract/money';
import { z } from 'zod';
import { countDuplicates } from '../../commands/count-duplicates.ts';
import { checkRows } from '../../manifest/check-rows.ts';
import { summariseRows } from '../../manifest/summarise-rows.ts';
import { etaOf } from '../../plan/eta.ts';
import { tallyRows } from '../../plan/tally-rows.ts';
import { demandBatch } from '../access.ts';
import { allButBody, givenManifest, MANIFEST_TYPES, manifestBody, shapeQuery } from '../given-manifest.ts';
import { HttpProblem } from '../problem.ts';
import { problems } from '../responses.ts';
import type { Routes } from '../server-context.ts';

const PROBLEMS_TOLD_MAX = 100;

const planSchema = z
  .object({
    batch: z.string(),
    rows: z.int(),
    good: z.int(),
    bad: z.int(),
    duplicates: z.int(),
    problems: z
      .array(z.object({ line: z.int(), sentences: z.array(z.string()) }))
      .meta({ description: `the first ${PROBLEMS_TOLD_MAX}` }),
    warnings: z.array(z.object({ message: z.string(), rows: z.int(), first_line: z.int() })),
    price: z.string().meta({ description: 'of the good rows, if each is made once' }),
    currency: z.string(),
    eta_seconds_min: z.int(),
    eta_seconds_max: z.int(),
  })
  .meta({ id: 'Plan' });

export const planRoutes: Routes = (app, context) => {
  app.post(
    '/v1/plans',
    {
      config: { scope: 'enqueue' },
      schema: {
        operationId: 'planBatch',
        summary: 'What a manifest would come to: rows, problems by line, price, time; nothing is kept',
        tags: ['batches'],
        querystring: z.object({ batch: z.string().max(128), ...shapeQuery }),
        consumes: MANIFEST_TYPES,
        body: manifestBody,
        response: { 200: planSchema, ...problems(413, 415, 422) },
      },
      validatorCompiler: allButBody,
    },
    async (request) => {
      const { batch } = request.query;
      if (!isBatchName(batch) || batch === SINGLE_BATCH) {
        throw new HttpProblem('request_invalid', 'A batch has 1 to 128 of A-Z a-z 0-9 . _ -, not "_" first.', {
          errors: [{ field: 'batch', value: batch, message: 'is no name of a batch' }],
        });
      }
      demandBatch(context.callerOf(request), batch);
      const { settings, stores } = context;
      const { price, upstream } = settings;
      const manifest = await givenManifest(context, request, { batch, query: request.query });
      try {
        const duplicates = { rows: 0 };
        const { tally, rows } = tallyRows(countDuplicates(checkRows(manifest.rows(), { batch }), duplicates));
        const summary = await summariseRows(rows, { pricePerImage: price.pricePerImage });
        const eta = etaOf(
          tally.rows,
          { slots: upstream.upstreamSlots, submitsPerSecond: upstream.submitRatePerSecond },
          { ordinary: await stores.durations('ordinary'), best: await stores.durations('best') },
        );
        return {
          batch,
          rows: summary.rows,
          good: summary.accepted,
          bad: summary.refused,
          duplicates: duplicates.rows,
          problems: summary.problems
            .slice(0, PROBLEMS_TOLD_MAX)
            .map(({ line, sentences }) => ({ line, sentences: [...sentences] })),
          warnings: summary.warnings.map(({ message, rows: n, firstLine }) => ({
            message,
            rows: n,
            first_line: firstLine,
          })),
          price: formatMoney(summary.price, '').trim(),
          currency: price.priceCurrency,
          eta_seconds_min: eta.secondsMin,
          eta_seconds_max: eta.secondsMax,
        };
      } finally {
        await manifest.close();
      }
    },
  );
};
