// The API as a client sees it: slow, refusing, taking a task and losing the answer, forgetting for a moment.
import { classify } from '@outpaint/shared/errors/classify';
import { createdBy } from '@outpaint/shared/errors/created-by';
import type { Upstream } from '@outpaint/shared/upstream/create-upstream';
import type { UpstreamFailure } from '@outpaint/shared/upstream/failure';
import type { TaskAnswer } from '@outpaint/shared/upstream/query';
import type { SubmitAnswer } from '@outpaint/shared/upstream/submit';
import type { Chance } from '../chance.ts';
import type { Actor, Scheduler } from '../scheduler.ts';
import type { Ledger } from './ledger.ts';
import { createTaskList } from './task-list.ts';
import type { Temper } from './temper.ts';
import { POLICY } from './terms.ts';

export type SimulatedUpstream = Pick<Upstream, 'submit' | 'query' | 'list' | 'clockOffset'>;

const OUR_KEY = 'key-id-of-ours';
const THEIR_KEY = 'key-id-of-theirs';

export interface Api {
  readonly ledger: Ledger;
  /** The account does not pay its bills until then. */
  arrearsUntil: number;
  /** POSTs that left a worker, by source. */
  readonly posts: Map<string, number>;
  clientOf(actor: Actor): SimulatedUpstream;
  /** A task of somebody else with this account. */
  neighbourSubmits(): void;
}

const failureOf = (code: string, httpStatus: number | null, requestId: string | null = null): UpstreamFailure => ({
  code,
  message: `simulated ${code}`,
  httpStatus,
  requestId,
  retryAfterMs: null,
  class: classify({ code, httpStatus }).class,
});

/** Answers that come instead of a task: the code and its status. */
const REFUSALS: readonly (readonly [string, number])[] = [
  ['Throttling.RateQuota', 429],
  ['Throttling.RateQuota', 429],
  ['InternalError.Algo', 500],
  ['InternalError', 500],
  ['InvalidParameter.ImageContent', 400],
  ['InvalidApiKey', 401],
];

export const createApi = (
  scheduler: Scheduler,
  chance: Chance,
  temper: Temper,
  ledger: Ledger,
  isShared: boolean,
): Api => {
  const list = createTaskList(chance, ledger, scheduler.now);
  const posts = new Map<string, number>();
  let requests = 0;

  /** What the API does with a POST that arrived, and what it says: a refusal, or a task. */
  const answerTo = (source: string): SubmitAnswer => {
    requests += 1;
    const requestId = `r${requests}`;
    const refused = (code: string, httpStatus: number): SubmitAnswer => {
      const failure = failureOf(code, httpStatus, requestId);
      const facts = { httpStatus, isApiJson: true, code, hasTaskId: false };
      const created = createdBy(facts, { submit5xxInDoubt: false });
      return created === 'no' ? { kind: 'refused', failure } : { kind: 'in_doubt', failure, requestId };
    };
    if (api.arrearsUntil > scheduler.now()) return refused('Arrearage', 400);
    if (chance.hits(temper.submitFault / 2)) return refused(...chance.pick(REFUSALS));
    const task = ledger.create(source, requestId, OUR_KEY, scheduler.now(), temper.taskFault);
    // Made, and answered by something in between that knows nothing of it.
    if (chance.hits(temper.submitFault / 6))
      return { kind: 'in_doubt', failure: failureOf('upstream_bad_answer', 502), requestId: null };
    return { kind: 'accepted', taskId: task.id, requestId, serverDate: scheduler.now() };
  };

  const submitOf =
    (actor: Actor): Upstream['submit'] =>
    (input, { signal, beforeSend }) =>
      new Promise((resolve, reject) => {
        const startedAt = scheduler.now();
        const settle = (inMs: number, answer: SubmitAnswer): void =>
          scheduler.later(actor, inMs, () => resolve(answer));
        scheduler.later(actor, scheduler.delay(), () => {
          if (signal.aborted || chance.hits(temper.submitFault / 6)) {
            return resolve({ kind: 'refused', failure: failureOf('upstream_unreachable', null) });
          }
          try {
            beforeSend?.();
          } catch (error) {
            return reject(error);
          }
          const source = input.imageUrl;
          posts.set(source, (posts.get(source) ?? 0) + 1);
          const lost = chance.hits(temper.submitFault / 3);
          // Bytes that have left arrive whatever becomes of their sender, or never do.
          const arriveMs = chance.int(0, chance.hits(lost ? 0.4 : 0.9) ? 300 : 20_000);
          scheduler.later(null, arriveMs, () => {
            if (lost && chance.hits(0.4)) return;
            const answer = answerTo(source);
            if (!lost) scheduler.onReply(actor);
            if (!lost) settle(chance.int(0, chance.hits(0.9) ? 500 : 29_000), answer);
          });
          const cut: SubmitAnswer = {
            kind: 'in_doubt',
            // Who ends an exchange has not still to receive it.
            failure: failureOf(
              arriveMs > 300 ? 'upstream_timeout' : chance.pick(['upstream_timeout', 'upstream_reset']),
              null,
            ),
            requestId: null,
          };
          if (lost && chance.hits(0.5)) settle(chance.int(0, 2_000), cut);
          signal.addEventListener('abort', () => settle(0, cut), { once: true });
          settle(POLICY.requestTimeoutMs - (scheduler.now() - startedAt), cut);
        });
      });

  const queryAnswer = (taskId: string): TaskAnswer => {
    const task = ledger.tasks.get(taskId);
    if (chance.hits(temper.queryFault)) {
      const [code, status] = chance.pick([
        ['upstream_timeout', null],
        ['InternalError', 500],
        ['Throttling.RateQuota', 429],
      ] as const);
      return { kind: 'failed', failure: failureOf(code, status) };
    }
    if (api.arrearsUntil > scheduler.now()) return { kind: 'failed', failure: failureOf('Arrearage', 400) };
    const isKnown = task !== undefined && !chance.hits(temper.queryFault / 2);
    const now = scheduler.now();
    const status = isKnown ? ledger.statusOf(task, now) : 'UNKNOWN';
    // A link lives for a minute or two; asked again the API signs a new one, as long as it knows the task.
    const window = Math.floor(now / 100_000);
    const link = `sim://${taskId}/${window}?Expires=${window * 100 + 200}`;
    return {
      kind: 'task',
      status,
      taskId,
      requestId: null,
      resultUrl: status === 'SUCCEEDED' ? link : null,
      code: status === 'FAILED' ? (task?.failure ?? null) : null,
      message: null,
      submittedAt: null,
      scheduledAt: null,
      endedAt: null,
      imageCount: 1,
    };
  };

  const queryOf =
    (actor: Actor): Upstream['query'] =>
    (taskId, { signal }) =>
      new Promise((resolve) => {
        const cut = (): void => resolve({ kind: 'failed', failure: failureOf('upstream_timeout', null) });
        signal.addEventListener('abort', () => scheduler.later(actor, 0, cut), { once: true });
        scheduler.later(null, scheduler.delay(), () => {
          const answer = queryAnswer(taskId);
          scheduler.reply(actor, scheduler.delay(), () => resolve(answer));
        });
      });

  const listOf =
    (actor: Actor): Upstream['list'] =>
    (input) =>
      new Promise((resolve) => {
        scheduler.later(null, scheduler.delay(), () => {
          const isFailed = chance.hits(temper.queryFault);
          const answer = isFailed
            ? ({ kind: 'failed', failure: failureOf('InternalError', 500) } as const)
            : list.page(input);
          scheduler.reply(actor, scheduler.delay(), () => resolve(answer));
        });
      });

  const api: Api = {
    ledger,
    arrearsUntil: 0,
    posts,
    clientOf: (actor) => ({
      submit: submitOf(actor),
      query: queryOf(actor),
      list: listOf(actor),
      clockOffset: list.clockOffset,
    }),
    neighbourSubmits: () => {
      requests += 1;
      const key = isShared ? OUR_KEY : THEIR_KEY;
      ledger.create('of-a-neighbour', `r${requests}`, key, scheduler.now(), temper.taskFault);
    },
  };
  return api;
};
