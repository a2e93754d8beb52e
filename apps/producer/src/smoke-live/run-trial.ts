// The trial from its first free question to its report: the order of the steps, and what each may spend.
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import type { UpstreamSettings } from '@outpaint/shared/upstream/call';
import { createRecordingUpstream } from '@outpaint/shared/upstream/record-exchange';
import { type Answer, createAnswers } from './answer.ts';
import { tryBase64 } from './base64-step.ts';
import { createExchangeLog, type KeptExchange } from './exchange-log.ts';
import { askAboutNoTask, extendNothing } from './free-steps.ts';
import { makePictures } from './paid-steps.ts';
import { createPurse } from './purse.ts';
import { learnFromResults, type ResultTerms, type TrialPicture } from './result-steps.ts';
import { settleHeaders, settleStatuses } from './settle-at-end.ts';
import { provokeThrottling } from './throttle-step.ts';
import type { StopReason, Trial } from './trial.ts';

export interface TrialInput {
  readonly upstream: UpstreamSettings;
  readonly queriesPerSecond: number;
  readonly result: ResultTerms;
  readonly pictures: number;
  readonly sources: readonly string[];
  readonly tickMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly randomId: () => string;
  /** For a person who waits. */
  readonly say: (step: string) => void;
}

export interface TrialReport {
  readonly answers: readonly Answer[];
  readonly spend: {
    readonly allowed: number;
    /** Paid or possibly paid: more than allowed only if what this run has seen fail unbilled is billed the next time. */
    readonly counted: number;
    readonly succeeded: number;
  };
  readonly stopped: {
    readonly reason: StopReason;
    readonly code: string | null;
    readonly message: string | null;
  } | null;
  readonly tasks: readonly {
    readonly task_id: string;
    readonly purpose: string;
    readonly status: string | null;
    readonly history: readonly { readonly status: string; readonly at: string }[];
    readonly parameters: object;
  }[];
  readonly exchanges: readonly KeptExchange[];
  readonly pictures: readonly TrialPicture[];
}

/** Never rejects for what the network or the API does. Submits pictures: NOT safe to repeat without paying again. */
export const runTrial = async (o: TrialInput): Promise<TrialReport> => {
  const log = createExchangeLog();
  const answers = createAnswers();
  const pace = createPace(o);
  let hurries = false;
  const upstream = createRecordingUpstream(
    o.upstream,
    { clock: o.clock, pace: (signal) => (hurries ? Promise.resolve() : pace(signal)) },
    log.record,
  );
  const trial: Trial = {
    upstream,
    clock: o.clock,
    purse: createPurse(o.pictures),
    answers,
    log,
    sources: o.sources,
    tickMs: o.tickMs,
    signal: o.signal,
    tasks: [],
    nothingIsFree: false,
    say: o.say,
    stopped: null,
    lastRefusal: null,
    lastSubmitAt: null,
  };
  answers.settle('key_shape', 'observed', keyShape(o.upstream.apiKey));
  let pictures: readonly TrialPicture[] = [];
  try {
    o.say('asking about a task that nobody made (free)');
    if (await askAboutNoTask(trial, o.randomId())) {
      o.say('a request that extends nothing, a cancel, and the list (free)');
      await extendNothing(trial, o.sources[0] ?? '');
      o.say('a picture as base64 that is too small (free)');
      await tryBase64(trial);
      o.say(`up to ${trial.purse.allowed - trial.purse.counted()} pictures (paid)`);
      const tasks = await makePictures(trial);
      o.say('looking at the results');
      pictures = await learnFromResults(trial, tasks, o.result);
      o.say('more questions in a moment than the account may ask (free)');
      hurries = true;
      await provokeThrottling(trial, o.randomId());
    }
  } finally {
    await upstream.close();
  }
  settleHeaders(trial);
  settleStatuses(trial);
  return {
    answers: answers.all(),
    spend: {
      allowed: trial.purse.allowed,
      counted: trial.purse.counted(),
      succeeded: trial.tasks.filter(({ seen }) => seen?.status === 'SUCCEEDED').length,
    },
    stopped: stoppedOf(trial),
    tasks: trial.tasks.map((task) => ({
      task_id: task.taskId,
      purpose: task.purpose,
      status: task.seen?.status ?? null,
      history: task.history.map(({ status, at }) => ({ status, at: new Date(at).toISOString() })),
      parameters: task.parameters,
    })),
    exchanges: log.kept(),
    pictures,
  };
};

const stoppedOf = ({ stopped, signal }: Trial): TrialReport['stopped'] => {
  if (stopped !== null)
    return { reason: stopped.reason, code: stopped.failure?.code ?? null, message: stopped.failure?.message ?? null };
  return signal.aborted ? { reason: 'interrupted', code: null, message: null } : null;
};

/** Workers may be asking with the same account, so half of its limit is left to them. */
const createPace = ({ queriesPerSecond, clock }: TrialInput): ((signal: AbortSignal) => Promise<void>) => {
  const gapMs = 2_000 / queriesPerSecond;
  let next = 0;
  return async (signal) => {
    const now = clock.monotonic();
    const wait = Math.max(0, next - now);
    next = Math.max(now, next) + gapMs;
    if (wait > 0) await clock.wait(wait, signal);
  };
};

/** Its family and length: enough to tell plans apart, too little to be of use to anybody. */
const keyShape = (key: string): string => {
  const family = /^sk-(ws-|sp-)?/.exec(key)?.[0] ?? '';
  return `${family === '' ? 'no known beginning' : `begins with ${family}`}, ${key.length} characters.`;
};
