// Whether base64 is taken for image_url, asked with a picture that is too small: if it is read, the task fails for its size.
import type { TaskAnswer } from '@outpaint/shared/upstream/query';
import type { Certainty } from './answer.ts';
import { asDataAddress, smallPicture } from './small-picture.ts';
import { submitOne, type Trial, watch } from './trial.ts';

/** The API takes pictures from 512 pixels on. */
const SIDE = 64;
const SPEAKS_OF_SIZE = /\bsize\b|resolution|too small|pixel/i;
const SPEAKS_OF_FETCHING = /download|url|address|oss/i;

type Ended = Pick<Extract<TaskAnswer, { kind: 'task' }>, 'status' | 'code' | 'message' | 'imageCount'>;

export interface Base64Verdict {
  readonly certainty: Certainty;
  readonly answer: string;
  /** The picture was looked at and refused for its size. */
  readonly isSize: boolean;
}

/** Of a task that has ended. Pure. */
export const base64Verdict = ({ status, code, message, imageCount }: Ended): Base64Verdict => {
  const said = `${code ?? 'no code'} ("${message ?? ''}")`;
  if (status === 'SUCCEEDED') {
    const answer = `Yes, even with ${SIDE} pixels a side; it cost ${imageCount ?? 'an unknown number of'} image(s).`;
    return { certainty: 'observed', answer, isSize: false };
  }
  const words = `${code ?? ''} ${message ?? ''}`;
  if (status === 'FAILED' && SPEAKS_OF_FETCHING.test(words))
    return {
      certainty: 'observed',
      answer: `No: the submit is taken, and the task ends FAILED with ${said}.`,
      isSize: false,
    };
  if (status === 'FAILED' && SPEAKS_OF_SIZE.test(words))
    return { certainty: 'observed', answer: `Yes: it was read, and refused for its size: ${said}.`, isSize: true };
  return { certainty: 'not_settled', answer: `Unclear: the task ended ${status} with ${said}.`, isSize: false };
};

/** Costs nothing as far as is known, and is counted like a picture all the same. */
export const tryBase64 = async (trial: Trial): Promise<void> => {
  trial.log.about('base64');
  const address = asDataAddress(smallPicture(SIDE));
  const task = await submitOne(trial, 'base64', address, { x_scale: 1.5, y_scale: 1.5, add_watermark: false });
  if (task === null) {
    const { lastRefusal, stopped } = trial;
    if (lastRefusal === null || stopped !== null) return;
    const { httpStatus, code, message } = lastRefusal;
    const answer = `No: the submit is refused: HTTP ${httpStatus} ${code} ("${message}").`;
    trial.answers.settle('base64', 'observed', answer, { http_status: httpStatus, code });
    return;
  }
  await watch(trial, [task]);
  if (task.seen === null || !task.ended) return;
  const { certainty, answer, isSize } = base64Verdict(task.seen);
  const { status, code, message } = task.seen;
  trial.answers.settle('base64', certainty, answer, { status, code });
  if (isSize) trial.answers.settle('size_code', 'observed', `FAILED with ${code} ("${message}").`, { code, message });
};
