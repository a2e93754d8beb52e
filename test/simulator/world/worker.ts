// One worker: the real stages, feeder and sweeper, each of whose awaits is a step of the run.
import type { Policy } from '@outpaint/shared/lifecycle/policy';
import { STAGES, STATUS_OF_STAGE, type Stage } from '@outpaint/shared/lifecycle/stage';
import type { StageStep } from '@outpaint/shared/lifecycle/step';
import { NO_MARK } from '@outpaint/shared/record/record-store';
import type { ImageStore } from '@outpaint/shared/storage/image-store';
import { noTracing } from '@outpaint/shared/telemetry/tracing';
import { createDeliverStage, type DeliverStageDeps } from '@outpaint/worker/deliver/deliver-stage';
import { createPollStage } from '@outpaint/worker/poll/poll-stage';
import { startReconciler } from '@outpaint/worker/reconcile/reconciler';
import { type Feeder, startFeeder } from '@outpaint/worker/runtime/feeder';
import { runStep } from '@outpaint/worker/runtime/run-step';
import { createSettleOutcome } from '@outpaint/worker/runtime/settle-outcome';
import { createSubmitStage } from '@outpaint/worker/submit/submit-stage';
import { startSweeper } from '@outpaint/worker/sweep/sweeper';
import type { Actor, Scheduler } from '../scheduler.ts';
import type { Stores } from './lossy-stores.ts';
import { SILENT_LOG } from './silent-log.ts';
import { FEED_TERMS, LICENCE_TERMS, POLICY, TIMES } from './terms.ts';
import type { SimulatedQueues } from './token-queues.ts';
import type { SimulatedUpstream } from './upstream.ts';

export interface WorkerParts {
  readonly actor: Actor;
  readonly scheduler: Scheduler;
  readonly stores: Stores;
  readonly taking: SimulatedQueues;
  readonly upstream: SimulatedUpstream;
  readonly policy: Policy;
  readonly store: Pick<ImageStore, 'head' | 'put' | 'presignSource'>;
  readonly downloader: DeliverStageDeps['downloader'];
  readonly random: () => number;
  readonly newName: () => string;
  /** A step began on a record that its own read had shown elsewhere. */
  readonly onStaleStep: (what: string) => void;
  /** A planted bug: every record is taken for one that stands where its token says. */
  readonly ignoresStatus: boolean;
}

export interface SimulatedWorker {
  readonly actor: Actor;
  /** As on SIGTERM: no new token, and after a while everything in hand is cut. */
  drain(): void;
}

const STEPS_AT_ONCE = 2;

export const startSimulatedWorker = (parts: WorkerParts): SimulatedWorker => {
  const { actor, scheduler, stores, newName, policy } = parts;
  const clock = scheduler.clockOf(actor);
  const [draining, lastCall] = [new AbortController(), new AbortController()];
  const steps: Record<Stage, StageStep> = {
    submit: createSubmitStage({
      records: stores.records,
      store: parts.store,
      upstream: parts.upstream,
      clock,
      newLicence: newName,
      // Redis does not go back here; what a worker remembers of it is tried on real servers.
      memory: { ready: async () => undefined, seen: () => NO_MARK, see: () => undefined, answered: () => undefined },
      terms: LICENCE_TERMS,
      licenceAgeMsMax: POLICY.requestTimeoutMs / 2,
      postponeMs: POLICY.retryDelayMsMin,
      sourceSecondsValid: 600,
    }),
    poll: createPollStage({ upstream: parts.upstream }),
    deliver: createDeliverStage({
      records: stores.records,
      downloader: parts.downloader,
      store: parts.store,
      upstream: parts.upstream,
    }),
  };
  let feeder: Feeder | null = null;
  const settleOutcome = createSettleOutcome({
    records: stores.records,
    doubts: stores.doubts,
    queues: stores.queues,
    policy,
    clock,
    random: parts.random,
    newCaller: newName,
    tracing: noTracing,
    lastCall: lastCall.signal,
    onLearned: () => undefined,
    onMoved: () => feeder?.nudge(),
  });

  /** The shell around a step, as `stage-worker.ts` puts it around a BullMQ job. */
  const serve = async (stage: Stage): Promise<void> => {
    while (!draining.signal.aborted) {
      const taken = await parts.taking.take(actor, stage);
      const { token } = taken;
      const stopping = AbortSignal.any([draining.signal, taken.lockLost]);
      let isStale = true;
      const read: Stores['records']['read'] = async (id) => {
        const record = await stores.records.read(id);
        isStale = record === null || record.status !== STATUS_OF_STAGE[stage] || record.hop !== token.hop;
        return record === null || !parts.ignoresStatus
          ? record
          : { ...record, hop: token.hop, status: STATUS_OF_STAGE[stage] };
      };
      const step: StageStep = (record, context) => {
        if (isStale) parts.onStaleStep(`${stage} of ${token.id} at hop ${token.hop}`);
        return steps[stage](record, context);
      };
      const deps = { records: { read }, settleOutcome, tracing: noTracing, log: SILENT_LOG };
      const end = await runStep(deps, stage, step, token, {
        stopping,
        lockLost: taken.lockLost,
        lastCall: lastCall.signal,
      }).catch(() => ({ kind: 'done' }) as const);
      await parts.taking.end(stage, taken, end);
    }
  };
  for (const stage of STAGES) for (let i = 0; i < STEPS_AT_ONCE; i += 1) void serve(stage);

  feeder = startFeeder({
    batches: stores.batches,
    queues: stores.queues,
    terms: FEED_TERMS,
    everyMs: TIMES.feedEveryMs,
    clock,
    log: SILENT_LOG,
  });
  const sweeper = startSweeper({
    records: stores.records,
    queues: stores.queues,
    policy,
    newCaller: newName,
    log: SILENT_LOG,
    everyMs: TIMES.sweepEveryMs,
    clock,
    onSwept: () => undefined,
  });
  const reconciler = startReconciler({
    records: stores.records,
    doubts: stores.doubts,
    upstream: parts.upstream,
    queues: stores.queues,
    policy,
    random: parts.random,
    newCaller: newName,
    holder: actor.name,
    log: SILENT_LOG,
    everyMs: TIMES.reconcileEveryMs,
    clock,
    onPass: () => undefined,
  });

  return {
    actor,
    drain: () => {
      draining.abort();
      void feeder?.stop();
      void sweeper.stop();
      void reconciler.stop();
      scheduler.later(actor, TIMES.shutdownMs, () => lastCall.abort());
    },
  };
};
