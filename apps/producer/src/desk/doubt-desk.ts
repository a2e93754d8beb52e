// What a person may decide about a doubt, and the pass that evidence decides: both through the account's list.
import { randomBytes } from 'node:crypto';
import { policyOf } from '@outpaint/shared/config/policy-of';
import { type Environment, settingsOrThrow } from '@outpaint/shared/config/settings';
import { asTaskId } from '@outpaint/shared/contract/ids';
import { createSystemClock } from '@outpaint/shared/lifecycle/clock';
import { toGivenUp, toReleased } from '@outpaint/shared/lifecycle/moves/doubt-moves';
import type { Policy } from '@outpaint/shared/lifecycle/policy';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import { adopt } from '@outpaint/shared/reconcile/move-doubt';
import { type PassReport, reconcilePass } from '@outpaint/shared/reconcile/reconcile-pass';
import { createUpstream, type Upstream } from '@outpaint/shared/upstream/create-upstream';
import { POLICY_PARTS } from '../commands/settings-of.ts';
import type { Stores } from '../stores/open-stores.ts';

export type Decision =
  | { readonly kind: 'adopt'; readonly id: string; readonly taskId: string }
  | { readonly kind: 'release'; readonly id: string }
  | { readonly kind: 'give_up'; readonly id: string };

export type Decided =
  | 'adopted'
  | 'released'
  | 'given_up'
  /** The row is no doubt (any more). */
  | 'moved_on'
  /** Another row has this task. */
  | 'taken'
  /** The API does not know this task, or did not answer. */
  | 'task_unknown'
  | 'upstream_failed';

export interface DoubtDesk {
  readonly policy: Policy;
  pass(signal: AbortSignal): Promise<PassReport>;
  decide(record: ExpansionRecord, decision: Decision, signal: AbortSignal): Promise<Decided>;
  close(): Promise<void>;
}

/** Pictures go to no bucket from here. */
const NOT_OURS = { OUTPAINT_BUCKET: 'not-read-here' } as const;

/** Throws `settings_invalid`; the key is needed, for only the account's list tells what was made. */
export const openDoubtDesk = async (env: Environment, stores: Stores): Promise<DoubtDesk> => {
  const settings = settingsOrThrow({ ...env, ...NOT_OURS }, POLICY_PARTS);
  const policy = policyOf(settings);
  const sent = Date.now();
  const redisNow = await stores.records.now();
  const offsetMs = Math.round(redisNow - (sent + Date.now()) / 2);
  const clock = createSystemClock(() => offsetMs);
  const { upstream: api } = settings;
  const upstream: Upstream = createUpstream(
    {
      baseUrl: api.dashscopeBaseUrl,
      apiKey: api.dashscopeApiKey,
      requestTimeoutMs: api.upstreamRequestTimeoutMs,
      submit5xxInDoubt: api.submit5xxInDoubt,
    },
    {
      clock,
      pace: async (signal) => {
        const waitMs = await stores.takeQueryPlace(api.queryRatePerSecond);
        if (waitMs > 0) await clock.wait(waitMs, signal);
      },
    },
  );
  const deps = {
    records: stores.records,
    doubts: stores.doubts,
    queues: stores.queues,
    upstream,
    policy,
    random: Math.random,
    newCaller: () => `reconcile-${randomBytes(9).toString('base64url')}`,
  };
  const apply = async (record: ExpansionRecord, transition: Parameters<Stores['records']['apply']>[1]) => {
    const { kind } = await stores.records.apply(record, transition, deps.newCaller());
    return kind === 'applied' || kind === 'repeated';
  };
  return {
    policy,
    pass: (signal) => reconcilePass(deps, { signal }),
    decide: async (record, decision, signal) => {
      switch (decision.kind) {
        case 'adopt': {
          const taskId = asTaskId(decision.taskId);
          const task = await upstream.query(taskId, { signal });
          if (task.kind === 'failed') return 'upstream_failed';
          if (task.status === 'UNKNOWN') return 'task_unknown';
          const answer = await adopt(deps, record, { taskId, requestId: null });
          if (answer === 'adopted') await stores.doubts.forgetSuspect(taskId);
          return answer;
        }
        // A person's word spends an attempt and never kills: whoever says "again" means it.
        case 'release':
          return (await apply(record, toReleased(record, 0, policy))) ? 'released' : 'moved_on';
        case 'give_up':
          return (await apply(record, toGivenUp(record, policy))) ? 'given_up' : 'moved_on';
      }
    },
    close: () => upstream.close(),
  };
};
