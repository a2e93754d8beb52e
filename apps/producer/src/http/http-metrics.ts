// How many requests were answered, how, and how fast.
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

export interface HttpMetrics {
  readonly contentType: string;
  text(): Promise<string>;
  answered(o: { route: string; method: string; status: number; seconds: number }): void;
}

export const createHttpMetrics = (): HttpMetrics => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const seconds = new Histogram({
    name: 'outpaint_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the end of its answer, by route as documented',
    labelNames: ['route', 'method', 'status'] as const,
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [registry],
  });
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    answered: ({ route, method, status, seconds: took }) =>
      seconds.observe({ route, method, status: String(status) }, took),
  };
};
