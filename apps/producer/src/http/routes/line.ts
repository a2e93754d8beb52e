// The account's line: running or halted, and open again at once.
import { lineJson } from '../../view/line-json.ts';
import { lineSchema, problemsWithoutInput } from '../responses.ts';
import type { Routes } from '../server-context.ts';

export const lineRoutes: Routes = (app, context) => {
  const { batches } = context.stores;
  const tags = ['line'];

  app.get(
    '/v1/line',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getLine',
        summary: 'Running or halted, why, and what the slots do',
        tags,
        response: { 200: lineSchema, ...problemsWithoutInput() },
      },
    },
    async () => lineJson(await batches.line()),
  );

  app.post(
    '/v1/line/resume',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'resumeLine',
        summary: 'Open a halted line at once, without waiting for the next probe',
        tags,
        response: { 200: lineSchema, ...problemsWithoutInput() },
      },
    },
    async () => {
      await batches.resumeLine();
      return lineJson(await batches.line());
    },
  );
};
