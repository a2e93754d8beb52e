// Introduces the parts to each other: connections, stores, stages, feeder, sweeper. The only file that knows them all.
import { randomBytes } from 'node:crypto';
import { createRedisBatchStore } from '@outpaint/shared/batch/redis-batch-store';
import { policyOf } from '@outpaint/shared/config/policy-of';
import { createDownloader } from '@outpaint/shared/download/create-downloader';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { createSystemClock } from '@outpaint/shared/lifecycle/clock';
import type { Policy } from '@outpaint/shared/lifecycle/policy';
import { STAGES, type Stage } from '@outpaint/shared/lifecycle/stage';
import type { StageStep } from '@outpaint/shared/lifecycle/step';
import { connectStore, connectWorker, whenReady } from '@outpaint/shared/queue/connections';
import { createIntakeLetters } from '@outpaint/shared/queue/intake-letters';
import { createTokenQueues } from '@outpaint/shared/queue/token-queues';
import { createDoubtStore } from '@outpaint/shared/record/doubt-store';
import { readDurations } from '@outpaint/shared/record/durations';
import { keysOf } from '@outpaint/shared/record/keys';
import { createRedisRecordStore } from '@outpaint/shared/record/redis-record-store';
import { createImageStore } from '@outpaint/shared/storage/s3-image-store';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import type { Tracing } from '@outpaint/shared/telemetry/tracing';
import { writeLetter } from '../dead-letter/write-letter.ts';
import { createDeliverStage } from '../deliver/deliver-stage.ts';
import type { LastWord } from '../health/health-watch.ts';
import type { ListWatch } from '../poll/list-watch.ts';
import { createPollStage } from '../poll/poll-stage.ts';
import { startReconciler } from '../reconcile/reconciler.ts';
import { createSubmitStage } from '../submit/submit-stage.ts';
import { startSweeper } from '../sweep/sweeper.ts';
import { createSubmitMemory } from '../went-back/submit-memory.ts';
import { type Feeder, startFeeder } from './feeder.ts';
import { startIntakeWorker } from './intake-worker.ts';
import { createLookPlans } from './look-plans.ts';
import { maySubmit } from './may-submit.ts';
import { openBackWatch } from './open-back-watch.ts';
import { openListWatch } from './open-list-watch.ts';
import { openRecords } from './open-records.ts';
import { openUpstream } from './open-upstream.ts';
import { paidMemory } from './paid-memory.ts';
import { measureOffsetMs } from './redis-offset.ts';
import { runStep } from './run-step.ts';
import { createSettleOutcome } from './settle-outcome.ts';
import { startStageWorker } from './stage-worker.ts';
import { startBatchLoops } from './start-batch-loops.ts';
import { createSureHead, sayIfNoBucket } from './sure-head.ts';
import { throttledErrorLog } from './throttled-error-log.ts';
import {
  concurrencyOf,
  deliveryOf,
  feedTermsOf,
  licenceTermsOf,
  lookTermsOf,
  storeOf,
  type WorkerSettings,
} from './worker-settings.ts';
import { createWorkerWatch } from './worker-watch.ts';

export interface RunningWorker {
  /**
   * No new work; steps in hand end or are released within `shutdownTimeoutMs`. Resolves when all is closed; throws
   * `redis_unreachable` a few seconds later where Redis does not let it close.
   */
  drain(): Promise<void>;
  /** Resolves when it cannot work any more and only a new process may help; it still wants to be drained. */
  readonly lastWord: Promise<LastWord>;
}

/** Closing takes milliseconds once no step runs; the rest is for a last write to a slow Redis. */
const CLOSING_MS_MAX = 3_000;

/** A caller token or a licence's name: unguessable is not needed, never the same twice is. */
const newToken = (): string => randomBytes(9).toString('base64url');

export const startWorker = async (
  settings: WorkerSettings,
  stages: readonly (Stage | 'intake')[],
  tracing: Tracing,
  log: Logger,
): Promise<RunningWorker> => {
  const keys = keysOf(settings.redis.outpaintNamespace);
  const onError = throttledErrorLog(log);
  const storeConnection = connectStore(settings.redis.redisUrl, 'store');
  storeConnection.on('error', onError);
  await whenReady(storeConnection, 10_000);
  const queueConnection = connectWorker(settings.redis.redisUrl, 'queues');
  queueConnection.on('error', onError);

  let offsetMs = 0;
  const clock = createSystemClock(() => offsetMs);
  const plainRecords = createRedisRecordStore(storeConnection, keys);
  const batches = createRedisBatchStore(storeConnection, keys);
  const doubts = createDoubtStore(storeConnection, keys);
  const queues = createTokenQueues(queueConnection, keys.queuePrefix, onError);
  offsetMs = await measureOffsetMs(plainRecords);

  const watch = createWorkerWatch({ settings, redis: storeConnection, keys, batches, clock, log });
  const looks = createLookPlans({
    read: (kind) => readDurations(storeConnection, keys, kind),
    terms: lookTermsOf(settings),
  });
  await looks.refresh();
  let listWatch: ListWatch | null = null;
  const policy: Policy = {
    ...policyOf(settings),
    lookPlan: looks.of,
    isListWatched: () => listWatch?.isOn() ?? false,
  };
  const store = createImageStore(storeOf(settings), { now: () => clock.now() });
  const draining = new AbortController();
  await watch.open({ store, draining: draining.signal });
  const upstream = watch.upstream(openUpstream({ settings, redis: storeConnection, keys, clock, log }));
  const downloader = createDownloader(deliveryOf(settings));
  const lastCall = new AbortController();
  const connections = [storeConnection, queueConnection];
  const held = { settings, keys, connections, clock, stopped: draining.signal, onError, log };
  const records = openRecords({ ...held, plain: plainRecords });
  const memory = createSubmitMemory();
  const steps: Record<Stage, StageStep> = {
    submit: createSubmitStage({
      records,
      store: { ...store, head: createSureHead(store, lastCall.signal, clock.monotonic) },
      upstream,
      clock,
      newLicence: newToken,
      memory: paidMemory(memory, () => backWatch.ready(), log),
      terms: licenceTermsOf(settings),
      licenceAgeMsMax: settings.upstream.upstreamRequestTimeoutMs / 2,
      postponeMs: settings.retry.retryDelayMsMin,
      sourceSecondsValid: 7 * 86_400,
    }),
    poll: createPollStage({ upstream }),
    deliver: createDeliverStage({ records, downloader, store, upstream }),
  };
  const concurrency = concurrencyOf(settings);

  const submits = stages.includes('submit') && (await maySubmit(settings, storeConnection, log));
  if (submits) void sayIfNoBucket(store, lastCall.signal, log);
  let feeder: Feeder | null = null;
  /** What moves records: stages by their outcomes, the sweeper, and reconciling. */
  const movers = { records, doubts, queues, policy, clock, random: Math.random, newCaller: newToken, tracing, log };
  const settleOutcome = createSettleOutcome({
    ...movers,
    lastCall: lastCall.signal,
    onMoved: () => feeder?.nudge(),
    onLearned: looks.learn,
  });
  const onPutRight = (): void => feeder?.nudge();
  const wide = { ...movers, batches, settings, redis: storeConnection, keys, store, upstream };
  if (submits) feeder = startFeeder({ ...wide, terms: feedTermsOf(settings), everyMs: settings.worker.feedEveryMs });
  const backWatch = openBackWatch({ ...wide, memory, onPutRight });
  const sweeper = startSweeper({
    ...movers,
    everyMs: settings.worker.sweepEveryMs,
    onSwept: () => {
      void looks.refresh();
      // A failure leaves it as it was; the next sweep measures again.
      void measureOffsetMs(records).then(
        (ms) => {
          offsetMs = ms;
        },
        () => undefined,
      );
    },
  });

  listWatch = openListWatch(stages.includes('poll'), {
    ...wide,
    looks,
    bounds: policy.poll,
    holder: newToken(),
  });
  const batchLoops = startBatchLoops({ ...wide, onMoved: onPutRight });
  const reconciler = startReconciler({
    ...movers,
    upstream,
    writeLetter: (id) => writeLetter(movers, id),
    everyMs: settings.worker.reconcileEveryMs,
    holder: newToken(),
    onPass: (report) => {
      watch.reconciled(report);
      feeder?.nudge();
    },
  });

  const workers = STAGES.filter((stage) => stages.includes(stage) && (stage !== 'submit' || submits)).map((stage) => {
    const connection = connectWorker(settings.redis.redisUrl, stage);
    connection.on('error', onError);
    connections.push(connection);
    const step = watch.step(stage, steps[stage]);
    return startStageWorker({
      stage,
      concurrency: concurrency[stage],
      lockMs: settings.worker.tokenLockMs,
      connection,
      queuePrefix: keys.queuePrefix,
      draining: draining.signal,
      lastCall: lastCall.signal,
      watch: watch.stage(stage, concurrency[stage]),
      log,
      run: (token, context) => runStep({ records, settleOutcome, tracing, log }, stage, step, token, context),
    });
  });
  if (stages.includes('intake')) {
    const connection = connectWorker(settings.redis.redisUrl, 'intake');
    connection.on('error', onError);
    connections.push(connection);
    workers.push(
      startIntakeWorker({
        batches,
        letters: createIntakeLetters(storeConnection, keys, queues),
        connection,
        queuePrefix: keys.queuePrefix,
        concurrency: settings.worker.intakeConcurrency,
        lockMs: settings.worker.tokenLockMs,
        clock,
        watch: watch.stage('intake', settings.worker.intakeConcurrency),
        tracing,
        log,
      }),
    );
  }
  log.info({ stages: [...stages], submits, namespace: settings.redis.outpaintNamespace }, 'worker started');

  const close = async (): Promise<void> => {
    const loops = [feeder, sweeper, listWatch, batchLoops, reconciler, backWatch];
    await Promise.all([...loops.map((loop) => loop?.stop()), ...workers.map((worker) => worker.close())]);
    await Promise.all([queues.close(), upstream.close(), downloader.close()]);
    store.close();
    await watch.close();
    for (const connection of connections) connection.disconnect();
  };
  return {
    lastWord: watch.lastWord,
    drain: async () => {
      draining.abort();
      watch.rest();
      const { shutdownTimeoutMs } = settings.worker;
      const timer = setTimeout(() => lastCall.abort(), shutdownTimeoutMs);
      const deadline = new AbortController();
      // BullMQ waits for a Redis that is away without end. What was in hand is in the log by then, and in the watch list.
      const tooLate = clock.wait(shutdownTimeoutMs + CLOSING_MS_MAX, deadline.signal).then(() => {
        if (!deadline.signal.aborted)
          throw new OutpaintError('redis_unreachable', 'Redis did not let this worker close in time.');
      });
      await Promise.race([close(), tooLate]);
      deadline.abort();
      clearTimeout(timer);
      log.info('worker stopped');
    },
  };
};
