// What the list of tasks knows: when a new task is on it, whose request id it names, its time zone and its pages.
import type { ListedTask } from '@outpaint/shared/upstream/list';
import type { Trial, TrialTask } from './trial.ts';

const LISTED_MS_MAX = 30_000;
const WINDOW_MS = 600_000;
const PAGE_SIZES = [10, 50, 100] as const;
const CHINA_MS = 8 * 3_600_000;

/** When a new task is listed, what its row says, and what the list understands. */
export const learnFromList = async (trial: Trial, task: TrialTask): Promise<void> => {
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
const echoedPageSize = ({ log }: Trial): number | null => {
  const { page_size: size } = (log.lastJson() ?? {}) as { page_size?: unknown };
  return typeof size === 'number' ? size : null;
};
