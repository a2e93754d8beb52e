// What this one worker has done: its requests to upstream, its steps, and the bytes that it stored.
import { ERROR_CLASSES } from '@outpaint/shared/errors/error-table';
import { Counter, Histogram, type Registry } from 'prom-client';

export const UPSTREAM_OPS = ['submit', 'query', 'list', 'cancel'] as const;
export type UpstreamOp = (typeof UPSTREAM_OPS)[number];
/** `ok` is an answer, also one that says FAILED; `unsent` never left, because its licence had become too old. */
export const CODE_CLASSES = ['ok', ...ERROR_CLASSES, 'unsent'] as const;
export type CodeClass = (typeof CODE_CLASSES)[number];

const RECONCILED = ['adopted', 'released', 'dead_lettered', 'held', 'suspected_duplicate'] as const;

export interface WorkMetrics {
  readonly upstreamAnswered: (op: UpstreamOp, codeClass: CodeClass) => void;
  readonly stepEnded: (stage: string, outcome: string, seconds: number) => void;
  /** One of the endings of a look at a doubt, or `suspected_duplicate`. */
  readonly doubtLooked: (outcome: string) => void;
  readonly resultStored: (bytes: number) => void;
}

/** From a look at a record to a download that takes its whole deadline. */
const STEP_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

export const createWorkMetrics = (registry: Registry): WorkMetrics => {
  const registers = [registry];
  const requests = new Counter({
    name: 'outpaint_upstream_requests_total',
    help: 'Calls of the API by this worker, by operation and by class of the outcome.',
    labelNames: ['op', 'code_class'],
    registers,
  });
  // A series that begins at its first error has no rate at the moment when it matters.
  for (const op of UPSTREAM_OPS) for (const code_class of CODE_CLASSES) requests.inc({ op, code_class }, 0);
  const steps = new Counter({
    name: 'outpaint_steps_total',
    help: 'Steps that this worker ended, by stage and outcome.',
    labelNames: ['stage', 'outcome'],
    registers,
  });
  const seconds = new Histogram({
    name: 'outpaint_step_seconds',
    help: 'How long the steps of this worker took, by stage.',
    labelNames: ['stage'],
    buckets: STEP_SECONDS,
    registers,
  });
  const bytes = new Counter({
    name: 'outpaint_result_bytes_total',
    help: 'Bytes of the pictures that this worker put into the bucket.',
    registers,
  });
  const settled = new Counter({
    name: 'outpaint_reconciled_total',
    help: 'What looks of this worker at doubts came to: adopted, released, dead_lettered, held, suspected_duplicate.',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of RECONCILED) settled.inc({ outcome }, 0);
  return {
    doubtLooked: (outcome) => {
      if ((RECONCILED as readonly string[]).includes(outcome)) settled.inc({ outcome });
    },
    upstreamAnswered: (op, codeClass) => requests.inc({ op, code_class: codeClass }),
    stepEnded: (stage, outcome, took) => {
      steps.inc({ stage, outcome });
      seconds.observe({ stage }, took);
    },
    resultStored: (stored) => bytes.inc(stored),
  };
};
