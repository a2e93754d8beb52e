// Settings that are each right on their own and together waste slots, money or results. Pure.
import type { Settings } from '@outpaint/shared/config/settings';
import { SECONDS_PER_PICTURE_ASSUMED } from '../plan/eta.ts';
import { durationText } from '../terminal/duration-text.ts';
import { type Check, ok, problem, warning } from './check.ts';
import { isLoopbackHost } from './private-address.ts';

export const JUDGED_PARTS = ['upstream', 'poll', 'delivery', 'store', 'worker'] as const;
export type JudgedSettings = Settings<(typeof JUDGED_PARTS)[number]>;

/** Documented for the account: https://help.aliyun.com/zh/model-studio/image-scaling-api and manage-asynchronous-tasks. */
const SUBMITS_PER_SECOND_DOCUMENTED = 2;
const QUERIES_PER_SECOND_DOCUMENTED = 20;
/** The API's own limit for a request on the public host. */
const API_REQUEST_MS = 600_000;
/** The API ends a task without a result after 3 h (`InternalError.Timeout`). */
const API_TASK_MS = 10_800_000;
/** Result addresses are documented to last 24 h and were seen to last about one. */
const RESULT_LIFE_MS_SEEN = 3_600_000;
/** A worker that is slow for a moment is not a dead one. */
const RESCUE_MARGIN_MS_LOW = 5_000;
const RESULTS_MEMORY_SHARE = 0.5;

const seconds = (ms: number): string => durationText(ms / 1000);

export interface Machine {
  readonly memoryBytes: number;
}

/** One check for each relation; `ok` ones say what they found. */
export const judgeSettings = (s: JudgedSettings, machine: Machine): Check[] => {
  const isSandbox = isLoopbackHost(new URL(s.upstream.dashscopeBaseUrl).hostname);
  return [
    judgeSubmitRate(s, isSandbox),
    judgeSlots(s),
    judgeQueryRate(s, isSandbox),
    judgePolling(s),
    judgeDeadline(s),
    judgeDoubt(s, isSandbox),
    judgeUndelivered(s),
    judgeResultHosts(s, isSandbox),
    judgeRescue(s),
    judgeShutdown(s),
    judgeMemory(s, machine),
  ];
};

const judgeSubmitRate = ({ upstream }: JudgedSettings, isSandbox: boolean): Check => {
  const id = 'settings.submit_rate';
  const rate = upstream.submitRatePerSecond;
  if (isSandbox || rate <= SUBMITS_PER_SECOND_DOCUMENTED)
    return ok(id, `${rate} submits per second are within the account's limit.`);
  return warning(
    id,
    `SUBMIT_RATE_PER_SECOND is ${rate}; the account's documented limit is ${SUBMITS_PER_SECOND_DOCUMENTED}, so submits are refused with 429 and wait.`,
    `Set SUBMIT_RATE_PER_SECOND=${SUBMITS_PER_SECOND_DOCUMENTED}, unless your account was given more.`,
  );
};

const judgeSlots = ({ upstream }: JudgedSettings): Check => {
  const id = 'settings.slots';
  const { submitRatePerSecond: rate, upstreamSlots: slots } = upstream;
  const busy = Math.floor(rate * SECONDS_PER_PICTURE_ASSUMED);
  const assumed = `at ${SECONDS_PER_PICTURE_ASSUMED} s a picture`;
  if (busy >= slots) return ok(id, `${rate} submits per second can keep all ${slots} slots busy (${assumed}).`);
  return warning(
    id,
    `${rate} submits per second keep ${busy} of ${slots} slots busy (${assumed}): the others never fill.`,
    `Raise SUBMIT_RATE_PER_SECOND to ${Math.ceil((slots / SECONDS_PER_PICTURE_ASSUMED) * 100) / 100} or lower UPSTREAM_SLOTS.`,
  );
};

const judgeQueryRate = ({ upstream, poll }: JudgedSettings, isSandbox: boolean): Check => {
  const id = 'settings.query_rate';
  const { queryRatePerSecond: rate, upstreamSlots, upstreamOverhang } = upstream;
  if (!isSandbox && rate > QUERIES_PER_SECOND_DOCUMENTED) {
    return warning(
      id,
      `QUERY_RATE_PER_SECOND is ${rate}; the account's documented limit is ${QUERIES_PER_SECOND_DOCUMENTED}.`,
      `Set QUERY_RATE_PER_SECOND=${QUERIES_PER_SECOND_DOCUMENTED}, unless your account was given more.`,
    );
  }
  const tasks = upstreamSlots + upstreamOverhang;
  const needed = (tasks * 1000) / poll.pollDelayMsMin;
  if (needed <= rate)
    return ok(
      id,
      `${rate} queries per second are enough for ${tasks} tasks asked for every ${seconds(poll.pollDelayMsMin)}.`,
    );
  return warning(
    id,
    `${tasks} tasks (UPSTREAM_SLOTS and UPSTREAM_OVERHANG) asked for every ${poll.pollDelayMsMin} ms are ${Math.ceil(needed)} queries per second, over QUERY_RATE_PER_SECOND=${rate}: polls wait in line and results are seen late.`,
    `Set POLL_DELAY_MS_MIN to ${Math.ceil((tasks * 1000) / rate)} or more, or raise QUERY_RATE_PER_SECOND.`,
  );
};

const judgePolling = ({ poll }: JudgedSettings): Check => {
  const id = 'settings.poll_delay';
  const longest = poll.pollDelayMsMax;
  if (longest <= RESULT_LIFE_MS_SEEN / 6) return ok(id, `A finished task is seen ${seconds(longest)} late at most.`);
  return warning(
    id,
    `POLL_DELAY_MS_MAX is ${seconds(longest)}; result addresses were seen to last about ${seconds(RESULT_LIFE_MS_SEEN)}, so a result may be dead before it is fetched.`,
    'Set POLL_DELAY_MS_MAX=15000.',
  );
};

const judgeDeadline = ({ poll, upstream }: JudgedSettings): Check => {
  const id = 'settings.task_deadline';
  if (poll.taskDeadlineMs < API_TASK_MS) {
    return warning(
      id,
      `TASK_DEADLINE_MS is ${seconds(poll.taskDeadlineMs)}, but the API works on a task for up to ${seconds(API_TASK_MS)}: a picture may be paid for and given up.`,
      'Set TASK_DEADLINE_MS=14400000.',
    );
  }
  const last = poll.pollDelayMsMax + upstream.upstreamRequestTimeoutMs;
  if (poll.taskLifeMs - poll.taskDeadlineMs < last) {
    return warning(
      id,
      `TASK_DEADLINE_MS ends less than one poll before TASK_LIFE_MS: the last question comes when upstream has forgotten the task.`,
      `Set TASK_DEADLINE_MS to ${poll.taskLifeMs - last} or less.`,
    );
  }
  return ok(
    id,
    `A task is given up after ${seconds(poll.taskDeadlineMs)}, and upstream remembers it for ${seconds(poll.taskLifeMs)}.`,
  );
};

const judgeDoubt = ({ upstream }: JudgedSettings, isSandbox: boolean): Check => {
  const id = 'settings.doubt_settle';
  const settle = upstream.doubtSettleMs;
  if (isSandbox || settle >= API_REQUEST_MS)
    return ok(id, `A submit in doubt counts as not made after ${seconds(settle)} at the earliest.`);
  return problem(
    id,
    `DOUBT_SETTLE_MS is ${seconds(settle)}, but the API may work on a request for ${seconds(API_REQUEST_MS)}: a submit that is still under way would be made again and paid twice.`,
    `Set DOUBT_SETTLE_MS=${API_REQUEST_MS} or more.`,
  );
};

const judgeUndelivered = ({ delivery, store, upstream }: JudgedSettings): Check => {
  const id = 'settings.undelivered';
  const one = delivery.resultDeadlineMs + 2 * store.s3RequestTimeoutMs;
  if (one >= delivery.undeliveredAgeMsMax) {
    return warning(
      id,
      `One delivery may take ${seconds(one)} (RESULT_DEADLINE_MS and two S3_REQUEST_TIMEOUT_MS), longer than UNDELIVERED_AGE_MS_MAX=${delivery.undeliveredAgeMsMax}: a single slow one stops submitting.`,
      `Set UNDELIVERED_AGE_MS_MAX to more than ${one}.`,
    );
  }
  const slots = upstream.upstreamSlots + upstream.upstreamOverhang;
  if (delivery.undeliveredMax < slots) {
    return warning(
      id,
      `UNDELIVERED_MAX is ${delivery.undeliveredMax}, fewer than the ${slots} tasks that may end at once: submitting stops again and again.`,
      `Set UNDELIVERED_MAX to ${2 * slots} or more.`,
    );
  }
  return ok(
    id,
    `Submitting stops when a picture is undelivered for ${seconds(delivery.undeliveredAgeMsMax)}; one delivery takes ${seconds(one)} at most.`,
  );
};

const judgeResultHosts = ({ delivery }: JudgedSettings, isSandbox: boolean): Check => {
  const id = 'settings.result_hosts';
  if (!isSandbox && delivery.resultAddressesAllowed.length > 0) {
    return warning(
      id,
      `RESULT_ADDRESSES_ALLOWED opens ${delivery.resultAddressesAllowed.join(', ')} to result addresses that somebody else names.`,
      'Leave it unset outside development.',
    );
  }
  if (delivery.resultHostsAllowed.length === 0) {
    return problem(
      id,
      'RESULT_HOSTS_ALLOWED is empty: no result can be fetched, and every picture is paid for.',
      'Set RESULT_HOSTS_ALLOWED=aliyuncs.com.',
    );
  }
  return ok(id, `Results are fetched from ${delivery.resultHostsAllowed.join(', ')} only.`);
};

const judgeRescue = ({ worker }: JudgedSettings): Check => {
  const id = 'settings.rescue_margin';
  if (worker.rescueMarginMs < RESCUE_MARGIN_MS_LOW) {
    return warning(
      id,
      `RESCUE_MARGIN_MS is ${worker.rescueMarginMs}: a worker or Redis that is slow for a moment is taken for dead, and the fifth rescue dead-letters a row as stuck.`,
      'Set RESCUE_MARGIN_MS=60000.',
    );
  }
  if (worker.sweepEveryMs > worker.rescueMarginMs) {
    return warning(
      id,
      `Sweeps come every ${seconds(worker.sweepEveryMs)} (SWEEP_EVERY_MS), later than RESCUE_MARGIN_MS: what a dead worker left waits for the sweep.`,
      `Set SWEEP_EVERY_MS to ${Math.max(1000, Math.floor(worker.rescueMarginMs / 10))} or less.`,
    );
  }
  return ok(id, `What a dead worker leaves is taken over ${seconds(worker.rescueMarginMs)} after its own timeouts.`);
};

const judgeShutdown = ({ upstream, worker }: JudgedSettings): Check => {
  const id = 'settings.shutdown';
  if (worker.shutdownTimeoutMs >= upstream.upstreamRequestTimeoutMs) {
    return ok(id, 'A stopping worker waits long enough for the answer to its last submit.');
  }
  return warning(
    id,
    `SHUTDOWN_TIMEOUT_MS (${seconds(worker.shutdownTimeoutMs)}) is shorter than UPSTREAM_REQUEST_TIMEOUT_MS (${seconds(upstream.upstreamRequestTimeoutMs)}): stopping a worker may leave submits in doubt.`,
    `Set SHUTDOWN_TIMEOUT_MS to ${upstream.upstreamRequestTimeoutMs} or more.`,
  );
};

const judgeMemory = ({ delivery, worker }: JudgedSettings, { memoryBytes }: Machine): Check => {
  const id = 'settings.result_memory';
  const bytes = delivery.resultBytesMax * worker.deliverConcurrency;
  const mib = Math.ceil(bytes / 2 ** 20);
  if (bytes <= memoryBytes * RESULTS_MEMORY_SHARE)
    return ok(id, `Results under way take ${mib} MiB of a worker's memory at most.`);
  return warning(
    id,
    `DELIVER_CONCURRENCY × RESULT_BYTES_MAX is ${mib} MiB, over half of this machine's memory.`,
    'Lower DELIVER_CONCURRENCY: delivering is rarely the bottleneck.',
  );
};
