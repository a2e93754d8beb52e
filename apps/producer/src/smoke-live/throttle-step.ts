// Asks faster than the account may, once and for a moment: a throttled question is free, and shows whether it says how long to wait.
import type { Trial } from './trial.ts';

/** The limit is 20 in a second; twice that is over it, however the seconds are cut. */
const QUESTIONS_AT_ONCE = 48;

/** Comes last, for what follows would be throttled too. Nothing is asked where the run has stopped early. */
export const provokeThrottling = async (trial: Trial, taskId: string): Promise<void> => {
  if (trial.stopped !== null || trial.signal.aborted || trial.log.throttled > 0) return;
  trial.log.about('retry_after');
  const ask = () => trial.upstream.query(taskId, { signal: trial.signal });
  await Promise.all(Array.from({ length: QUESTIONS_AT_ONCE }, ask));
};
