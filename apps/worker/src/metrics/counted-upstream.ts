// The upstream client with a count of how each call ended.
import type { Upstream } from '@outpaint/shared/upstream/create-upstream';
import type { CodeClass, UpstreamOp, WorkMetrics } from './work-metrics.ts';

type Answer = { readonly kind: string; readonly failure?: { readonly class: CodeClass } };

const classOf = (answer: Answer): CodeClass => {
  // Whatever code came with it: what a doubt costs is that nobody knows.
  if (answer.kind === 'in_doubt') return 'in_doubt';
  return answer.failure?.class ?? 'ok';
};

/** Changes nothing of what the calls answer or throw. A call that throws has sent nothing. */
export const countedUpstream = (upstream: Upstream, metrics: Pick<WorkMetrics, 'upstreamAnswered'>): Upstream => {
  const counted = async <A extends Answer>(op: UpstreamOp, asked: Promise<A>): Promise<A> => {
    try {
      const answer = await asked;
      metrics.upstreamAnswered(op, classOf(answer));
      return answer;
    } catch (error) {
      metrics.upstreamAnswered(op, 'unsent');
      throw error;
    }
  };
  return {
    submit: (input, o) => counted('submit', upstream.submit(input, o)),
    query: (taskId, o) => counted('query', upstream.query(taskId, o)),
    list: (o) => counted('list', upstream.list(o)),
    cancel: (taskId, o) => counted('cancel', upstream.cancel(taskId, o)),
    clockOffset: () => upstream.clockOffset(),
    close: () => upstream.close(),
  };
};
