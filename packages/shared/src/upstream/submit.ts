// The paid call: creates one task, or says whether one may exist.
import { createdBy } from '../errors/created-by.ts';
import { type Answer, readAnswer, serverDateOf } from './answer.ts';
import { type Calls, call, contextOf } from './call.ts';
import { failureOfAnswer, failureOfBreak, failureOfShape, type UpstreamFailure } from './failure.ts';
import { isTaskId } from './task-id.ts';

export interface SubmitInput {
  imageUrl: string;
  /** Only what takes effect, under the API's own names. */
  parameters: Record<string, unknown>;
  /** Set for an `oss://` source (temporary upload). */
  resolveOss?: boolean;
}

export type SubmitAnswer =
  | { kind: 'accepted'; taskId: string; requestId: string | null; serverDate: number | null }
  /** Surely no task was created. */
  | { kind: 'refused'; failure: UpstreamFailure }
  /** A task may exist. */
  | { kind: 'in_doubt'; failure: UpstreamFailure; requestId: string | null };

const MODEL = 'image-out-painting';
const PATH = '/services/aigc/image2image/out-painting';

const decide = (answer: Answer, calls: Calls): SubmitAnswer => {
  const { status, taskId, requestId } = answer;
  if (status >= 200 && status < 300) {
    if (taskId !== null && isTaskId(taskId)) {
      return { kind: 'accepted', taskId, requestId, serverDate: serverDateOf(answer.headers) };
    }
    const missing = taskId === null ? 'without a task id' : 'with a task id that cannot be used';
    return { kind: 'in_doubt', failure: failureOfShape(answer, missing, contextOf(calls)), requestId };
  }
  const failure = failureOfAnswer(answer, contextOf(calls));
  const created = createdBy(
    { httpStatus: status, isApiJson: answer.code !== null, code: failure.code, hasTaskId: taskId !== null },
    { submit5xxInDoubt: calls.settings.submit5xxInDoubt },
  );
  return created === 'no' ? { kind: 'refused', failure } : { kind: 'in_doubt', failure, requestId };
};

/**
 * Sends the POST at most once. NOT safe to repeat: every POST creates and bills a task of its own, the API knows no
 * idempotency key. Whatever the network or the API does is an answer; it rejects only with what `beforeSend` threw, and
 * then nothing was sent. An abort before the first byte is `refused`, after it `in_doubt`.
 */
export const submit = async (
  calls: Calls,
  input: SubmitInput,
  o: { signal: AbortSignal; beforeSend?: () => void },
): Promise<SubmitAnswer> => {
  const exchange = await calls.connection.withFreshSocket((dispatcher) =>
    call(calls, {
      dispatcher,
      method: 'POST',
      path: PATH,
      signal: o.signal,
      body: JSON.stringify({ model: MODEL, input: { image_url: input.imageUrl }, parameters: input.parameters }),
      headers: {
        'content-type': 'application/json',
        'x-dashscope-async': 'enable', // without it the API answers 403 AccessDenied
        ...(input.resolveOss === true ? { 'x-dashscope-ossresourceresolve': 'enable' } : {}),
      },
      ...(o.beforeSend === undefined ? {} : { beforeSend: o.beforeSend }),
    }),
  );
  if (exchange.kind === 'answered') return decide(readAnswer(exchange), calls);
  const failure = failureOfBreak(exchange, contextOf(calls));
  // A status line without its body still reached us after the API had read the request, so a task may exist.
  return exchange.kind === 'unsent'
    ? { kind: 'refused', failure }
    : { kind: 'in_doubt', failure, requestId: failure.requestId };
};
