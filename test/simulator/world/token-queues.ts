// The queues as workers see them: at least once, sometimes twice at a time, late, and lost where a crash came first.
import type { DeadLetter } from '@outpaint/shared/contract/dead-letter';
import { type StageToken, stageToken, tokenJobId } from '@outpaint/shared/contract/stage-token';
import type { Stage } from '@outpaint/shared/lifecycle/stage';
import { STAGES } from '@outpaint/shared/lifecycle/stage';
import type { TokenQueues } from '@outpaint/shared/queue/token-queues';
import type { Chance } from '../chance.ts';
import type { Actor, Scheduler } from '../scheduler.ts';
import { TIMES } from './terms.ts';

interface Job {
  readonly token: StageToken;
  state: 'waiting' | 'delayed' | 'active';
  dueAt: number;
  /** Changes with every worker that takes it: only the last one may end it. */
  lock: number;
}

export interface TakenToken {
  readonly token: StageToken;
  readonly lock: number;
  /** Aborts with `lock_lost` once the worker learns that the queue has given its token to another. */
  readonly lockLost: AbortSignal;
}

interface Waiter {
  readonly actor: Actor;
  readonly take: (taken: TakenToken) => void;
}

export interface SimulatedQueues {
  /** What the stores' side of the real queues does at once; a wire stands in front of it. */
  readonly tokens: Omit<TokenQueues, 'close'>;
  /** Resolves when a token is given to this worker. */
  take(actor: Actor, stage: Stage): Promise<TakenToken>;
  end(stage: Stage, taken: TakenToken, end: { kind: 'done' } | { kind: 'snooze'; delayMs: number }): Promise<void>;
  /** Delivers some token once more: one that was there before, or one that a worker has in hand. */
  ghost(): void;
  /** Gives waiting tokens to whoever can take them: after somebody stood still, or came. */
  match(): void;
  readonly letters: Map<string, DeadLetter>;
  /** Every letter that ever stood there. */
  readonly lettersEver: Set<string>;
}

export const createQueues = (scheduler: Scheduler, chance: Chance): SimulatedQueues => {
  const jobs: Record<Stage, Map<string, Job>> = { submit: new Map(), poll: new Map(), deliver: new Map() };
  const waiters: Record<Stage, Waiter[]> = { submit: [], poll: [], deliver: [] };
  const letters = new Map<string, DeadLetter>();
  const lettersEver = new Set<string>();
  const past: { stage: Stage; token: StageToken }[] = [];
  let locks = 0;

  const watchLock = (stage: Stage, job: Job, holder: Actor, lost: AbortController): void => {
    const { lock } = job;
    scheduler.later(null, TIMES.lockMs, () => {
      if (job.lock !== lock || job.state !== 'active') return;
      if (holder.alive && holder.frozenUntil <= scheduler.now()) return watchLock(stage, job, holder, lost);
      job.state = 'waiting';
      job.lock = 0;
      scheduler.later(holder, scheduler.delay(), () => lost.abort('lock_lost'));
      match(stage);
    });
  };

  const match = (stage: Stage): void => {
    for (const job of jobs[stage].values()) {
      if (job.state !== 'waiting') continue;
      waiters[stage] = waiters[stage].filter(({ actor }) => actor.alive);
      const able = waiters[stage].filter(({ actor }) => actor.frozenUntil <= scheduler.now());
      if (able.length === 0) return;
      const waiter = chance.pick(able);
      waiters[stage].splice(waiters[stage].indexOf(waiter), 1);
      locks += 1;
      job.state = 'active';
      job.lock = locks;
      const lost = new AbortController();
      watchLock(stage, job, waiter.actor, lost);
      const taken = { token: job.token, lock: job.lock, lockLost: lost.signal };
      scheduler.later(waiter.actor, scheduler.delay(), () => waiter.take(taken));
    }
  };

  const wait = (stage: Stage, job: Job, delayMs: number): void => {
    job.dueAt = scheduler.now() + delayMs;
    job.state = 'delayed';
    scheduler.later(null, delayMs, () => {
      if (job.state !== 'delayed' || job.dueAt > scheduler.now()) return;
      job.state = 'waiting';
      match(stage);
    });
  };

  const add = (stage: Stage, token: StageToken, delayMs: number): void => {
    const name = tokenJobId(token.id, token.hop);
    if (jobs[stage].has(name)) return;
    const job: Job = { token, state: 'delayed', dueAt: 0, lock: 0 };
    jobs[stage].set(name, job);
    past.push({ stage, token });
    if (past.length > 40) past.shift();
    wait(stage, job, delayMs);
  };

  return {
    letters,
    lettersEver,
    tokens: {
      addToken: async (stage, id, hop, delayMs) => add(stage, stageToken(id, hop), delayMs),
      addTokens: async (stage, tokens) => {
        for (const { id, hop } of tokens) add(stage, stageToken(id, hop), 0);
      },
      wakeToken: async (stage, id, hop) => {
        const job = jobs[stage].get(tokenJobId(id, hop));
        if (job?.state !== 'delayed') return false;
        job.state = 'waiting';
        match(stage);
        return true;
      },
      tokenState: async (stage, id, hop) => jobs[stage].get(tokenJobId(id, hop))?.state ?? null,
      addLetter: async (letterId, letter) => {
        letters.set(letterId, letter);
        lettersEver.add(letterId);
      },
      rewriteLetter: async (letterId, rewrite) => {
        const letter = letters.get(letterId);
        if (letter !== undefined) letters.set(letterId, rewrite(letter));
        return letter !== undefined;
      },
      readLetter: async (letterId) => letters.get(letterId) ?? null,
      removeLetter: async (letterId) => letters.delete(letterId),
    },
    take: (actor, stage) =>
      new Promise((take) => {
        waiters[stage].push({ actor, take });
        match(stage);
        // Whoever stood still when a token came takes it when it is awake again.
      }),
    end: async (stage, taken, end) => {
      const job = jobs[stage].get(tokenJobId(taken.token.id, taken.token.hop));
      if (job === undefined || job.lock !== taken.lock || job.state !== 'active') return;
      if (end.kind === 'snooze') wait(stage, job, end.delayMs);
      else jobs[stage].delete(tokenJobId(taken.token.id, taken.token.hop));
    },
    ghost: () => {
      const stage = chance.pick(STAGES);
      const taken = [...jobs[stage].values()].filter(({ state }) => state === 'active');
      if (taken.length > 0 && chance.hits(0.5)) {
        const job = chance.pick(taken);
        job.lock = 0;
        job.state = 'waiting';
        return match(stage);
      }
      if (past.length > 0) {
        const old = chance.pick(past);
        add(old.stage, old.token, chance.int(0, 20_000));
      }
    },
    match: () => {
      for (const stage of STAGES) match(stage);
    },
  };
};
