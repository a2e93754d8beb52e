// A stage's step with a count of its outcomes, its time, and what it stored.
import type { StageStep } from '@outpaint/shared/lifecycle/step';
import type { WorkMetrics } from './work-metrics.ts';

/** Changes nothing of what the step answers or throws; one that throws counts as the outcome `thrown`. */
export const timedStep =
  (
    stage: string,
    step: StageStep,
    metrics: Pick<WorkMetrics, 'stepEnded' | 'resultStored'>,
    /** Monotonic ms. */
    now: () => number,
  ): StageStep =>
  async (record, context) => {
    const began = now();
    let kind = 'thrown';
    try {
      const outcome = await step(record, context);
      kind = outcome.kind;
      if (outcome.kind === 'delivered') metrics.resultStored(outcome.picture.bytes);
      return outcome;
    } finally {
      metrics.stepEnded(stage, kind, (now() - began) / 1_000);
    }
  };
