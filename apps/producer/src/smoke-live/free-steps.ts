// What can be learnt without paying: a question about no task, a request that extends nothing, a cancel, the list.
import type { ListedTask } from '@outpaint/shared/upstream/list';
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
  stop(trial, failure.class === 'account' ? 'account' : 'unreachable', failure);
  return false;
};

/** A task that must fail costs nothing, and teaches about cancelling, listing and failing. */
export const extendNothing = async (trial: Trial, source: string): Promise<void> => {
  const submitNothing = () =>
    submitOne(trial, 'zero_extension', source, { x_scale: 1, y_scale: 1, add_watermark: false });
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
    if (second === null) return;
    task = second;
  }
  await watch(trial, [task]);
  if (task.seen === null || !task.ended) return;
  const { status, code, message, imageCount } = task.seen;
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
  if (!trial.answers.has('cancel')) trial.answers.settle('cancel', 'not_settled', said);
  return false;
};

const LISTED_MS_MAX = 30_000;
const WINDOW_MS = 600_000;
const PAGE_SIZES = [10, 50, 100] as const;
const CHINA_MS = 8 * 3_600_000;

/** When a new task is listed, what its row says, and what the list understands. */
const learnFromList = async (trial: Trial, task: TrialTask): Promise<void> => {
  const { answers, clock, log } = trial;
  const row = await waitUntilListed(trial, task);
  if (row === null) return;
  const isSame = row.requestId === task.requestId;
  answers.settle('list_request_id', 'observed', isSame ? 'Yes.' : 'No: a doubt cannot be matched by it.', { isSame });

  log.about('list_timezone');
  const around = async (shiftMs: number): Promise<boolean> => {
    const startTime = task.answeredAt - WINDOW_MS + shiftMs;
    const endTime = clock.now() + 60_000 + shiftMs;
    const page = await trial.upstream.list({ signal: trial.signal, startTime, endTime });
    return page.kind === 'page' && page.tasks.some(({ taskId }) => taskId === task.taskId);
  };
  const inChina = await around(0);
  const inUtc = await around(-CHINA_MS);
  const zone = inChina && !inUtc ? 'UTC+8' : inUtc && !inChina ? 'UTC' : null;
  const seen = `window in UTC+8 ${inChina ? 'finds' : 'misses'} it, in UTC ${inUtc ? 'finds' : 'misses'} it`;
  answers.settle(
    'list_timezone',
    zone === null ? 'not_settled' : 'observed',
    zone === null ? `Unclear: a ${seen}.` : `${zone}: a ${seen}.`,
    {
      zone,
      gmt_create_off_ms: row.createdAt === null ? null : row.createdAt - task.answeredAt,
    },
  );
  await learnPageSizes(trial);
};

const waitUntilListed = async (trial: Trial, task: TrialTask): Promise<ListedTask | null> => {
  const { answers, clock, log } = trial;
  log.about('list_delay');
  const deadline = clock.monotonic() + LISTED_MS_MAX;
  for (let looks = 1; !trial.signal.aborted; looks += 1) {
    const page = await trial.upstream.list({ signal: trial.signal });
    const afterMs = Math.round(clock.now() - task.answeredAt);
    const row = page.kind === 'page' ? page.tasks.find(({ taskId }) => taskId === task.taskId) : undefined;
    if (row !== undefined) {
      answers.settle(
        'list_delay',
        'observed',
        `It was listed ${afterMs} ms after the submit was answered (look ${looks}).`,
        {
          after_ms: afterMs,
          looks,
        },
      );
      return row;
    }
    if (clock.monotonic() > deadline) {
      const why = page.kind === 'page' ? 'it was on no first page' : `the list answered ${page.failure.code}`;
      answers.settle('list_delay', 'lower_bound', `Not within ${LISTED_MS_MAX / 1000} s: ${why}.`);
      return null;
    }
    await clock.wait(trial.tickMs, trial.signal);
  }
  return null;
};

const learnPageSizes = async (trial: Trial): Promise<void> => {
  const { answers, log } = trial;
  log.about('list_page_size');
  const given: Record<string, unknown> = {};
  for (const asked of PAGE_SIZES) {
    const page = await trial.upstream.list({ signal: trial.signal, pageSize: asked });
    given[`asked_${asked}`] = page.kind === 'page' ? echoedPageSize(trial) : page.failure.code;
  }
  const echoed = Object.values(given).filter((size): size is number => typeof size === 'number');
  const most = Math.max(...echoed);
  if (echoed.length === 0)
    answers.settle('list_page_size', 'not_settled', 'The answers do not say their page_size.', given);
  else if (most >= Math.max(...PAGE_SIZES)) answers.settle('list_page_size', 'lower_bound', `${most} at least.`, given);
  else answers.settle('list_page_size', 'observed', `${most}: a larger page_size is not followed.`, { ...given, most });
};

/** Our client has no use for it, so it is read from the exchange. */
const echoedPageSize = (trial: Trial): number | null => {
  try {
    const body = JSON.parse(trial.log.last()?.body.toString('utf8') ?? '') as { page_size?: unknown } | null;
    return typeof body?.page_size === 'number' ? body.page_size : null;
  } catch {
    return null;
  }
};
