// The whole installation of one run: stores, queues, API, bucket, workers and people, and what can befall them.
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import type { Policy } from '@outpaint/shared/lifecycle/policy';
import { BrokenPromise } from '../broken-promise.ts';
import { type Chance, createChance } from '../chance.ts';
import { createModelBatches } from '../model/model-batches.ts';
import { createModelDoubts } from '../model/model-doubts.ts';
import { createModelRecords } from '../model/model-records.ts';
import { emptyState } from '../model/model-state.ts';
import type { PlantedBug } from '../planted/planted-bug.ts';
import { isAtRest, type Watched } from '../promises.ts';
import { type Actor, createScheduler } from '../scheduler.ts';
import { createBucket } from './bucket.ts';
import { comparing } from './comparing.ts';
import { createLedger } from './ledger.ts';
import { overWire, type Stores } from './lossy-stores.ts';
import { noticing, type TracedCall } from './noticing.ts';
import { act, BATCHES, importRows } from './person.ts';
import { temperOf } from './temper.ts';
import { POLICY, TIMES } from './terms.ts';
import { createQueues } from './token-queues.ts';
import { createApi } from './upstream.ts';
import { createWire } from './wire.ts';
import { type SimulatedWorker, startSimulatedWorker } from './worker.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly bug?: PlantedBug;
  readonly onCall?: (call: TracedCall) => void;
}

/** Rows of one batch: more would only make each step slower. */
const ROWS_MAX = 8;

export type World = ReturnType<typeof createWorld>;

export const createWorld = ({ seed, bug, onCall }: WorldOptions) => {
  const chance: Chance = createChance(seed);
  const scheduler = createScheduler(chance, TIMES.startAt);
  const temper = temperOf(chance);
  const state = emptyState();
  const queues = createQueues(scheduler, chance);
  const ledger = createLedger(chance);
  // Whether somebody else submits with our key, and whether the settings say so.
  const isShared = chance.hits(0.5);
  const policy: Policy = { ...POLICY, keyDedicated: !isShared, ...bug?.policy };
  const api = createApi(scheduler, chance, temper, ledger, isShared);
  const bucket = createBucket(scheduler, chance, temper, bug?.conditionalPut ?? true);
  const payAgain = new Map<ExpansionId, number>();
  const mayPayAgain = new Set<ExpansionId>();
  const watched: Watched = { state, ledger, bucket, queues, payAgain, now: scheduler.now };
  const tally = { changes: 0, kills: 0, freezes: 0, names: 0, actors: 0 };
  const wire = createWire(scheduler, chance, temper, () => tally.changes);
  const found: BrokenPromise[] = [];
  const workers: SimulatedWorker[] = [];
  const sizes = { spring: chance.int(2, 5), autumn: chance.int(1, 4) } as Record<string, number>;

  const noticed = (call: TracedCall, mayChange: boolean): void => {
    if (mayChange) tally.changes += 1;
    onCall?.(call);
  };
  const plain = createModelRecords(state, scheduler.now);
  const counting: typeof plain = {
    ...plain,
    apply: async (record, transition, caller) => {
      const billed = state.rows.get(record.id)?.fields.get('billed') ?? 'no';
      const applied = await plain.apply(record, transition, caller);
      const isAgain = transition.name === 'redriven' && transition.to === 'accepted' && billed !== 'no';
      if (isAgain && applied.kind === 'applied' && mayPayAgain.has(record.id)) {
        payAgain.set(record.id, (payAgain.get(record.id) ?? 0) + 1);
      }
      return applied;
    },
  };
  const modelRecords = noticing('records', counting, scheduler.now, noticed);
  const batches = noticing('batches', createModelBatches(state, scheduler.now), scheduler.now, noticed);
  const inner: Stores = {
    records: comparing(bug?.records?.(modelRecords, state) ?? modelRecords, state, (what) =>
      found.push(new BrokenPromise('a move is applied only to what its caller read', what)),
    ),
    batches,
    queues: bug?.queues?.(queues.tokens) ?? queues.tokens,
    doubts: createModelDoubts(state, scheduler.now),
  };

  const newActor = (kind: string): Actor => {
    tally.actors += 1;
    return { name: `${kind}-${tally.actors}`, alive: true, frozenUntil: 0 };
  };
  const newName = (): string => {
    tally.names += 1;
    return `n${tally.names}`;
  };
  const storesOf = (actor: Actor): Stores =>
    overWire(wire, actor, inner, (what, first, again) => {
      const isSame = answersAlike(first, again);
      if (!isSame)
        found.push(
          new BrokenPromise(
            'a call that is sent again gets its first answer',
            `${what}: ${JSON.stringify([first, again])}`,
          ),
        );
    });

  const startWorker = (): void => {
    const actor = newActor('worker');
    const upstream = api.clientOf(actor);
    workers.push(
      startSimulatedWorker({
        actor,
        scheduler,
        stores: storesOf(actor),
        taking: queues,
        upstream: bug?.upstream?.(upstream) ?? upstream,
        policy,
        store: bucket.clientOf(actor),
        downloader: bucket.downloaderOf(actor),
        random: chance.next,
        newName,
        onStaleStep: (what) => found.push(new BrokenPromise('a late token does nothing', what)),
        ignoresStatus: bug?.ignoresStatus ?? false,
      }),
    );
  };

  /** Somebody with the command line, who gives up at the first error. */
  const person = (what: (stores: Stores) => Promise<void>): void => {
    const actor = newActor('person');
    what(storesOf(actor)).catch(() => undefined);
    if (chance.hits(temper.kill * 30))
      scheduler.later(null, chance.int(0, 2_000), () => {
        actor.alive = false;
      });
  };
  const importInto = (stores: Stores): Promise<void> => {
    const batch = chance.pick(BATCHES);
    return importRows(stores, batch, sizes[batch] ?? 1, chance);
  };

  const kill = (worker: SimulatedWorker): void => {
    worker.actor.alive = false;
    workers.splice(workers.indexOf(worker), 1);
    tally.kills += 1;
    scheduler.later(null, chance.int(0, 60_000), startWorker);
  };
  const freeze = (worker: SimulatedWorker): void => {
    const ms = chance.hits(0.5) ? chance.int(500, 40_000) : chance.int(40_000, 900_000);
    worker.actor.frozenUntil = scheduler.now() + ms;
    tally.freezes += 1;
    scheduler.later(null, ms, queues.match);
  };

  scheduler.onReply = (actor) => {
    const worker = workers.find((one) => one.actor === actor);
    if (worker === undefined || actor.frozenUntil > scheduler.now()) return;
    if (chance.hits(temper.dieWaiting)) kill(worker);
    else if (chance.hits(temper.stallWaiting)) freeze(worker);
  };

  /** What befalls the installation between two steps. */
  const befall = (): void => {
    const worker = workers.length === 0 ? null : chance.pick(workers);
    if (worker !== null && chance.hits(temper.kill)) {
      if (chance.hits(0.7)) kill(worker);
      else {
        worker.drain();
        scheduler.later(null, TIMES.shutdownMs + 3_000, () => {
          if (worker.actor.alive) kill(worker);
        });
      }
    }
    if (worker !== null && chance.hits(temper.freeze)) freeze(worker);
    if (chance.hits(temper.ghost)) queues.ghost();
    if (chance.hits(temper.neighbour)) api.neighbourSubmits();
    if (chance.hits(temper.outage)) wire.outageUntil = scheduler.now() + chance.int(1_000, 90_000);
    if (chance.hits(temper.outage)) bucket.awayUntil = scheduler.now() + chance.int(1_000, 200_000);
    if (chance.hits(temper.arrears)) api.arrearsUntil = scheduler.now() + chance.int(1_000, 200_000);
    // Where nothing is left to do people bring the next rows, or the dead ones back: no step is spent on waiting.
    const isIdle = tally.changes % 8 === 0 && isAtRest(watched);
    if (isIdle && chance.hits(0.3))
      for (const batch of BATCHES) sizes[batch] = Math.min(ROWS_MAX, (sizes[batch] ?? 1) + 1);
    if (chance.hits(temper.person) || (isIdle && chance.hits(0.5))) {
      person((stores) =>
        act({
          stores,
          chance,
          rows: () => [...state.rows.keys()],
          newCaller: newName,
          onPayAgain: (id) => mayPayAgain.add(id),
          importAgain: () => importInto(stores),
        }),
      );
    }
  };

  /** What people do once the faults are over, until everybody has it. */
  const mend = (): void => {
    person(async (stores) => {
      for (const batch of BATCHES) {
        await importRows(stores, batch, sizes[batch] ?? 1, chance);
        await stores.batches.open(batch, { budgetMicro: 1e12, failuresMax: 1e6 });
        await stores.batches.resume(batch);
      }
      await stores.batches.resumeLine();
    });
  };

  for (let i = chance.int(1, 4); i > 0; i -= 1) startWorker();
  person((stores) => importRows(stores, BATCHES[0] as never, sizes.spring ?? 1, chance));
  if (chance.hits(0.7)) person((stores) => importRows(stores, BATCHES[1] as never, sizes.autumn ?? 1, chance));

  return { chance, scheduler, temper, api, tally, found, watched, befall, mend };
};

/** A licence granted, a move applied: the second answer says the same, or that it was done before. */
const answersAlike = (first: unknown, again: unknown): boolean => {
  const [a, b] = [first, again] as { kind: string; hop?: number }[];
  if (a?.kind === 'applied') return b?.kind === 'repeated' && a.hop === b.hop;
  if (a?.kind === 'granted') return b?.kind === 'granted';
  return true;
};
