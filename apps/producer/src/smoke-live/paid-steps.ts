// The pictures that are paid for: submitted as fast as the account may, to see how many are at work at once.
import { judgeConcurrency, WAITED_MS, workTimes } from './concurrency.ts';
import { cancelOne, NOTHING } from './free-steps.ts';
import { submitOne, type Trial, type TrialTask, watch } from './trial.ts';

/** Small, and enough to tell a limited size from an unlimited one. */
export const SCALE = 1.5;

/** Submits what the purse allows and one free request more, watches all to their end, and settles how many ran at once. */
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
  const more = pictures.length > 1 ? await queueOneMore(trial, pictures) : [];
  await watch(trial, [...pictures, ...more]);
  settleConcurrency(trial, pictures, [...pictures, ...more]);
  return pictures;
};

/** A request that extends nothing stands in the same line and costs nothing: it tells five slots from ten with five pictures. */
const queueOneMore = async (trial: Trial, pictures: readonly TrialTask[]): Promise<readonly TrialTask[]> => {
  if (!trial.nothingIsFree) return [];
  const submitNothing = () => submitOne(trial, 'queue', trial.sources[0] ?? '', NOTHING);
  const more = await submitNothing();
  if (more === null) return [];
  const isPending = (): boolean => (more.seen?.status ?? 'PENDING') === 'PENDING';
  const waits = (): boolean => trial.clock.now() - more.answeredAt > 2 * WAITED_MS;
  await watch(trial, [...pictures, more], () => !isPending() || waits());
  if (!isPending() || trial.answers.isObserved('cancel')) return [more];
  // It waits, and so will a second one: the best chance to see a cancel taken. The first stays, to show until when.
  const second = await submitNothing();
  if (second === null) return [more];
  await cancelOne(trial, second);
  return [more, second];
};

const settleConcurrency = (trial: Trial, pictures: readonly TrialTask[], tasks: readonly TrialTask[]): void => {
  if (pictures.length === 0) return;
  const ended = tasks.filter((task) => task.ended && task.seen?.status !== 'CANCELED');
  const { certainty, answer, facts } = judgeConcurrency(workTimes(ended));
  const { stopped } = trial;
  if (stopped?.reason === 'throttled') {
    const code = stopped.failure?.code;
    const refused = `With ${tasks.length} tasks submitted the next submit was refused: 429 ${code}. ${answer}`;
    trial.answers.settle('concurrency', 'observed', refused, { ...facts, pictures: pictures.length, code });
  } else trial.answers.settle('concurrency', certainty, answer, { ...facts, pictures: pictures.length });
};
