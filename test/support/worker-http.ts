// Asks the HTTP port of a worker under test, on whatever port it took.

import type { Program } from './child.ts';
import { type Exposition, readExposition } from './exposition.ts';

export interface HttpAnswer {
  readonly code: number;
  readonly body: Record<string, unknown>;
}

export interface WorkerHttp {
  readonly address: string;
  get(path: string): Promise<HttpAnswer>;
  /** Throws unless it is well-formed Prometheus text. */
  metrics(): Promise<Exposition>;
}

/** Nothing that answers a probe may take longer. */
const ANSWER_MS_MAX = 10_000;

export const httpOf = async (worker: Program): Promise<WorkerHttp> => {
  const [, address = ''] = await worker.waitForLine(/"address":"(http:[^"]+)".*"msg":"http port open"/);
  const ask = (path: string) => fetch(`${address}${path}`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  return {
    address,
    get: async (path) => {
      const answer = await ask(path);
      return { code: answer.status, body: (await answer.json()) as Record<string, unknown> };
    },
    metrics: async () => {
      const answer = await ask('/metrics');
      if (answer.status !== 200) throw new Error(`/metrics answered ${answer.status}`);
      return readExposition(await answer.text(), answer.headers.get('content-type') ?? '');
    },
  };
};
