// What looks at a worker from the side: pulses of its stages, counts of its work, and the port that shows them.
import type { BatchStore } from '@outpaint/shared/batch/batch-store';
import { policyOf } from '@outpaint/shared/config/policy-of';
import { exponentialMs } from '@outpaint/shared/lifecycle/backoff';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import type { StageStep } from '@outpaint/shared/lifecycle/step';
import type { RedisConnection } from '@outpaint/shared/queue/connections';
import type { PassReport } from '@outpaint/shared/reconcile/reconcile-pass';
import type { Keys } from '@outpaint/shared/record/keys';
import type { ImageStore } from '@outpaint/shared/storage/image-store';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import type { Upstream } from '@outpaint/shared/upstream/create-upstream';
import type { BackendFactory, RedisQueueBackend } from 'bullmq';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { createHealthWatch, type LastWord } from '../health/health-watch.ts';
import { createReadiness } from '../health/readiness.ts';
import { redisAnswers } from '../health/redis-answers.ts';
import type { HttpPort } from '../http/http-port.ts';
import { countedUpstream } from '../metrics/counted-upstream.ts';
import { createScrape } from '../metrics/scrape.ts';
import { createSharedStateReader } from '../metrics/shared-state.ts';
import { timedStep } from '../metrics/timed-step.ts';
import { createWorkMetrics } from '../metrics/work-metrics.ts';
import { throttledErrorLog } from './throttled-error-log.ts';
import { watchedBackend } from './watched-backend.ts';
import { licenceTermsOf, type WorkerSettings } from './worker-settings.ts';

/** How the worker of one stage is looked at. */
export interface StageWatch {
  readonly backend: BackendFactory<RedisQueueBackend>;
  /** Seconds of one blocking fetch on an empty queue. */
  readonly drainDelay: number;
  readonly during: <T>(step: () => Promise<T>) => Promise<T>;
}

export interface WorkerWatch {
  upstream(upstream: Upstream): Upstream;
  step(stage: string, step: StageStep): StageStep;
  stage(stage: string, concurrency: number): StageWatch;
  reconciled(report: PassReport): void;
  /** Resolves when the worker must end because it cannot work any more. */
  readonly lastWord: Promise<LastWord>;
  /** Opens WORKER_HTTP_PORT where one is set. Throws `http_port_unavailable`. */
  open(o: { readonly store: Pick<ImageStore, 'checkBucket'>; readonly draining: AbortSignal }): Promise<void>;
  /** No fetch is expected any more; the port stays, so that somebody can see the worker drain. */
  rest(): void;
  close(): Promise<void>;
}

/** BullMQ's own bounds of one blocking fetch, in seconds. */
const DRAIN_DELAY = 5;
const BLOCK_SECONDS_MAX = 10;
/** How long a stage waits before it asks again a Redis that refuses: full, or a replica. */
const REFUSED_MS = { delayMsMin: 50, delayMsMax: 1_000 } as const;
const PROBE_TIMEOUT_MS = 2_000;

export const createWorkerWatch = (o: {
  readonly settings: WorkerSettings;
  readonly redis: RedisConnection;
  readonly keys: Keys;
  readonly batches: Pick<BatchStore, 'line'>;
  readonly clock: Clock;
  readonly log: Logger;
}): WorkerWatch => {
  const { settings, clock, log } = o;
  const { fetchSilenceMsMax: silenceMsMax, redisAwayMsMax, workerHttpPort, workerHttpHost } = settings.worker;
  const registry = new Registry();
  const metrics = createWorkMetrics(registry);
  const health = createHealthWatch({
    silenceMsMax,
    redisAwayMsMax,
    // The longest step is a delivery, which may also have to ask for a fresh link.
    stepMsMax: policyOf(settings).deliverDeadlineMs + settings.upstream.upstreamRequestTimeoutMs,
    redisAnswers: () => redisAnswers(settings.redis.redisUrl, Math.min(PROBE_TIMEOUT_MS, silenceMsMax)),
    clock,
  });
  // Three fetches fit into the bound, so that one slow answer is no silence.
  const fetchSecondsMax = silenceMsMax / 3_000;
  let port: HttpPort | null = null;
  const resting = new AbortController();

  return {
    upstream: (upstream) => countedUpstream(upstream, metrics),
    reconciled: (report) => {
      for (const { moved } of report.doubts) metrics.doubtLooked(moved);
      for (const _ of report.suspects) metrics.doubtLooked('suspected_duplicate');
    },
    step: (stage, step) => timedStep(stage, step, metrics, clock.monotonic),
    stage: (stage, concurrency) => {
      const pulse = health.pulseOf(stage, concurrency);
      return {
        backend: watchedBackend(pulse, Math.min(BLOCK_SECONDS_MAX, fetchSecondsMax), (times) =>
          clock.wait(exponentialMs(times, REFUSED_MS), resting.signal),
        ),
        drainDelay: Math.min(DRAIN_DELAY, fetchSecondsMax),
        during: async (step) => {
          pulse.stepBegan();
          try {
            return await step();
          } finally {
            pulse.stepEnded();
          }
        },
      };
    },
    lastWord: health.lastWord,
    open: async ({ store, draining }) => {
      if (workerHttpPort === null) return;
      // A worker without a port loads no web server, and starts a fifth sooner (measured).
      const { openHttpPort } = await import('../http/http-port.ts');
      collectDefaultMetrics({ register: registry });
      const onError = throttledErrorLog(log.child({ part: 'http' }));
      port = await openHttpPort({
        host: workerHttpHost,
        port: workerHttpPort,
        health: health.health,
        readiness: createReadiness({ ...o, store, now: clock.monotonic }),
        metrics: createScrape({
          registry,
          readState: createSharedStateReader(o.redis, o.keys, o.batches),
          limits: {
            slotsAllowed: licenceTermsOf(settings).slots,
            submitRate: settings.upstream.submitRatePerSecond,
            queryRate: settings.upstream.queryRatePerSecond,
          },
          now: clock.monotonic,
          onError,
        }),
        draining,
        onError,
      });
      log.info({ address: port.address }, 'http port open');
    },
    rest: () => {
      resting.abort();
      health.stop();
    },
    close: async () => port?.close(),
  };
};
