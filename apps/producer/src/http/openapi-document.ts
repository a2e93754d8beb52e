// The OpenAPI document without a running server: routes are declared, and nothing is asked.
import { readSettings } from '@outpaint/shared/config/settings';
import { createLogger } from '@outpaint/shared/telemetry/logger';
import { noTracing } from '@outpaint/shared/telemetry/tracing';
import type { Stores } from '../stores/open-stores.ts';
import { createServer } from './create-server.ts';
import { createHttpMetrics } from './http-metrics.ts';
import type { ServerContext } from './server-context.ts';

/** No route looks at a store before it is called. */
const UNASKED = {} as Stores;

/** As the server without tokens gives it at /openapi.json. */
export const openApiDocument = async (): Promise<unknown> => {
  const read = readSettings({ DASHSCOPE_API_KEY: 'sk-document' }, ['http', 'price', 'upstream']);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const context: Omit<
    ServerContext,
    'callerOf' | 'policy' | 'pictures' | 'openManifest' | 'thumbnails' | 'reports' | 'idempotency' | 'clock'
  > = {
    stores: UNASKED,
    settings: read.settings,
    log: createLogger({ level: 'silent', format: 'json', name: 'document' }),
    tracing: noTracing,
    newName: () => '',
    stopping: new AbortController().signal,
    demandRoom: async () => undefined,
  };
  const app = await createServer(context as ServerContext, createHttpMetrics());
  try {
    return app.swagger();
  } finally {
    await app.close();
  }
};
