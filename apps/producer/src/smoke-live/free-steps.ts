// What can be learnt without paying: a question about no task, a request that extends nothing, a cancel, the list.
import { learnFromList } from './list-steps.ts';
import { stop, submitOne, type Trial, type TrialTask, watch } from './trial.ts';

/** False when the API cannot be asked at all, and then nothing may be submitted. */
export const askAboutNoTask = async (trial: Trial, taskId: string): Promise<boolean> => {
  trial.log.about('unknown_task');
  const answer = await trial.upstream.query(taskId, { signal: trial.signal });
  if (answer.kind === 'task') {
    const status = trial.log.last()?.status ?? null;
    trial.answers.settle(
      'unknown_task',
      'observed',
      `HTTP ${status} with the status ${answer.status}: the key is good.`,
      {
        status,
        task_status: answer.status,
      },
    );
    return true;
  }
  const { failure } = answer;
  trial.answers.settle(
    'unknown_task',
    'observed',
    `HTTP ${failure.httpStatus ?? '-'} ${failure.code}: ${failure.message}`,
  );
  const { class: errorClass, code, httpStatus } = failure;
  // A clear no of the API's own, such as a 404, is an answer: it knows the key.
  if (errorClass === 'permanent' && httpStatus !== null && !code.startsWith('upstream_')) return true;
  stop(trial, errorClass === 'account' || errorClass === 'throttled' ? errorClass : 'unreachable', failure);
  return false;
};

/** Extends nothing. */
export const NOTHING = { x_scale: 1, y_scale: 1, add_watermark: false };

/** A task that must fail costs nothing, and teaches about cancelling, listing and failing. */
export const extendNothing = async (trial: Trial, source: string): Promise<void> => {
  const submitNothing = () => submitOne(trial, 'zero_extension', source, NOTHING);
  trial.log.about('zero_extension');
  const first = await submitNothing();
  if (first === null) return settleRefusal(trial);
  const cancelled = await cancelOne(trial, first);
  await learnFromList(trial, first);
  let task = first;
  if (cancelled) {
    await watch(trial, [first]);
    trial.log.about('zero_extension');
    const second = await submitNothing();
    if (second === null) return settleRefusal(trial);
    task = second;
  }
  await watch(trial, [task]);
  if (task.seen === null || !task.ended) return;
  const { status, code, message, imageCount } = task.seen;
  trial.nothingIsFree = status === 'FAILED' && (imageCount ?? 0) === 0;
  const answer =
    status === 'FAILED'
      ? `The submit is taken, the task ends FAILED with ${code ?? 'no code'} ("${message ?? ''}"), and no image is counted.`
      : `The submit is taken, and the task ends ${status}: it cost ${imageCount ?? 'an unknown number of'} image(s).`;
  trial.answers.settle('zero_extension', 'observed', answer, { status, code, message, image_count: imageCount });
};

const settleRefusal = ({ answers, lastRefusal, stopped }: Trial): void => {
  if (lastRefusal === null || stopped !== null) return;
  const { httpStatus, code, message } = lastRefusal;
  answers.settle(
    'zero_extension',
    'observed',
    `The submit itself is refused: HTTP ${httpStatus} ${code} ("${message}").`,
    {
      http_status: httpStatus,
      code,
    },
  );
};

/** True when it was cancelled. Free; a task that has begun goes on. */
export const cancelOne = async (trial: Trial, task: TrialTask): Promise<boolean> => {
  trial.log.about('cancel');
  const answer = await trial.upstream.cancel(task.taskId, { signal: trial.signal });
  if (answer.kind === 'cancelled') {
    trial.answers.settle('cancel', 'observed', 'Yes: the cancel of a PENDING task is taken.');
    return true;
  }
  const said =
    answer.kind === 'not_pending'
      ? 'A task that has begun cannot be cancelled (UnsupportedOperation); none was PENDING when it was tried.'
      : `The cancel was answered ${answer.failure.code}.`;
  if (!trial.answers.isObserved('cancel')) trial.answers.settle('cancel', 'not_settled', said);
  return false;
};
