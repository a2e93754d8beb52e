// The pictures that are paid for: submitted as fast as the account may, to see how many are at work at once.
import { cancelOne } from './free-steps.ts';
import { mostAtOnce } from './most-at-once.ts';
import { submitOne, type Trial, type TrialTask, watch } from './trial.ts';

/** Small, and enough to tell a limited size from an unlimited one. */
export const SCALE = 1.5;
/** A task that waited longer than this for its start waited for a slot. */
const WAITED_MS = 1_500;

/** Submits what the purse allows, watches all to their end, and settles how many ran at once. */
export const makePictures = async (trial: Trial): Promise<readonly TrialTask[]> => {
  const pictures: TrialTask[] = [];
  trial.log.about('concurrency');
  for (let i = 0; trial.purse.counted() < trial.purse.allowed; i += 1) {
    const parameters = {
      x_scale: SCALE,
      y_scale: SCALE,
      // By turns, so that two pictures are enough to compare.
      limit_image_size: i % 2 === 0,
      add_watermark: i === 0,
      best_quality: false,
    };
    const task = await submitOne(trial, 'picture', trial.sources[i % trial.sources.length] ?? '', parameters);
    if (task === null) break;
    pictures.push(task);
  }
  await cancelOneThatWaits(trial, pictures);
  await watch(trial, pictures);
  settleConcurrency(trial, pictures);
  return pictures;
};

/** A waiting task is the only chance to see a cancel succeed, and saves its price; enough pictures are left for the rest. */
const cancelOneThatWaits = async (trial: Trial, pictures: readonly TrialTask[]): Promise<void> => {
  const last = pictures.at(-1);
  if (last === undefined || pictures.length < 3) return;
  const isPending = (): boolean => (last.seen?.status ?? 'PENDING') === 'PENDING';
  // Some wait is a start that is only slow: a task that is cancelled too early would look like one without a slot.
  await watch(trial, pictures, () => !isPending() || trial.clock.now() - last.answeredAt > 2 * WAITED_MS);
  if (last.seen !== null && isPending() && pictures.some((task) => task.seen?.status === 'RUNNING'))
    await cancelOne(trial, last);
};

const settleConcurrency = (trial: Trial, pictures: readonly TrialTask[]): void => {
  if (pictures.length === 0) return;
  const spans = pictures.flatMap(({ seen }) =>
    seen?.scheduledAt != null && seen.endedAt != null ? [{ from: seen.scheduledAt, to: seen.endedAt }] : [],
  );
  const peak = Math.max(trial.runningPeak, mostAtOnce(spans));
  const waits = pictures.map(({ seen }) => {
    if (seen?.status === 'CANCELED') return WAITED_MS + 1; // it was cancelled because it waited
    return seen?.scheduledAt != null && seen.submittedAt != null ? seen.scheduledAt - seen.submittedAt : 0;
  });
  const waited = waits.filter((ms) => ms > WAITED_MS).length;
  const facts = {
    pictures: pictures.length,
    running_peak_seen: trial.runningPeak,
    overlap_by_api_times: mostAtOnce(spans),
    waited,
  };
  const throttled = trial.stopped?.reason === 'throttled';
  if (throttled) {
    const code = trial.stopped?.failure?.code;
    trial.answers.settle(
      'concurrency',
      'observed',
      `With ${pictures.length} tasks submitted the next submit was refused: 429 ${code}.`,
      { ...facts, code },
    );
  } else if (waited > 0) {
    trial.answers.settle(
      'concurrency',
      'observed',
      `${peak} at once; ${waited} more waited as PENDING, and none was refused.`,
      { ...facts, slots: peak },
    );
  } else {
    trial.answers.settle(
      'concurrency',
      'lower_bound',
      `At least ${peak}: all ${pictures.length} were at work without waiting.`,
      { ...facts, slots_at_least: peak },
    );
  }
};
