// Cancels a task that has not begun; safe to repeat, for a second cancel only says that nothing is pending.
import { asTaskId } from '../contract/ids.ts';
import { readAnswer } from './answer.ts';
import { type Calls, call, contextOf } from './call.ts';
import { failureOfAnswer, failureOfBreak, type UpstreamFailure } from './failure.ts';

export type CancelAnswer =
  | { kind: 'cancelled'; requestId: string | null }
  /** Running or ended: only a PENDING task can be cancelled (400 `UnsupportedOperation`). */
  | { kind: 'not_pending'; requestId: string | null }
  | { kind: 'failed'; failure: UpstreamFailure };

/** Never throws for what the network or the API does; passes on what `pace` throws. */
export const cancel = async (calls: Calls, taskId: string, o: { signal: AbortSignal }): Promise<CancelAnswer> => {
  asTaskId(taskId); // throws `task_id_invalid` instead of putting something else into a URL
  await calls.deps.pace?.(o.signal);
  const exchange = await call(calls, { method: 'POST', path: `/tasks/${taskId}/cancel`, signal: o.signal });
  const context = contextOf(calls);
  if (exchange.kind !== 'answered') return { kind: 'failed', failure: failureOfBreak(exchange, context) };
  const answer = readAnswer(exchange);
  if (answer.code === 'UnsupportedOperation') return { kind: 'not_pending', requestId: answer.requestId };
  if (answer.status !== 200 || answer.json === null || answer.code !== null) {
    return { kind: 'failed', failure: failureOfAnswer(answer, context) };
  }
  return { kind: 'cancelled', requestId: answer.requestId };
};
