// What the API does badly all the time, in parts of a hundred; which call it meets follows from the seed.
import type { FaultRuleInput } from '@outpaint/sandbox/upstream/fault-rule';
import type { ApiTime } from './api-time.ts';

const algo = { code: 'InternalError.Algo', message: 'algorithm process error' } as const;

/** A slow download that only a deadline for the whole of it ends. */
const DRIP_BYTES_PER_SECOND = 500;

/** The first rule that applies wins, so the last one holds for whatever no other took. */
export const faultMix = (t: ApiTime): FaultRuleInput[] => [
  { at: 'submit', rate: 0.1, status: 500, ...algo },
  { at: 'submit', rate: 0.03, kind: 'reset_after' },
  { at: 'submit', rate: 0.01, kind: 'hang', created: true },
  { at: 'submit', rate: 0.01, kind: 'hang' },
  // An answer takes its time, so that a kill may meet a call under way.
  { at: 'submit', kind: 'slow', ms: t(1.5) },
  { at: 'task', rate: 0.02, ...algo },
  { at: 'query', rate: 0.1, status: 500, code: 'InternalError', message: 'internal error' },
  { at: 'query', rate: 0.02, kind: 'hang' },
  { at: 'query', rate: 0.01, kind: 'reset' },
  { at: 'result', rate: 0.01, kind: 'drip', bytesPerSecond: DRIP_BYTES_PER_SECOND },
  { at: 'result', rate: 0.01, kind: 'truncated' },
  { at: 'result', rate: 0.05, kind: 'status', status: 503 },
];
