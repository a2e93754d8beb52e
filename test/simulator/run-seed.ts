// One run: its seed decides everything that happens, and every step is checked.
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import { BrokenPromise, promise } from './broken-promise.ts';
import { statusOf } from './model/model-state.ts';
import type { PlantedBug } from './planted/planted-bug.ts';
import { checkRest, checkState, createRowWatch, isAtRest } from './promises.ts';
import type { TracedCall } from './world/noticing.ts';
import { calm } from './world/temper.ts';
import { createWorld, type World } from './world/world.ts';

export interface SeedOptions {
  readonly seed: number;
  /** Steps with faults; the run goes on without any until everybody is at rest. */
  readonly steps: number;
  readonly bug?: PlantedBug;
  readonly onCall?: (call: TracedCall) => void;
}

export interface SeedResult {
  readonly seed: number;
  readonly steps: number;
  readonly kills: number;
  readonly freezes: number;
  readonly posts: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** How often each event stands in the rows' histories, which keep the last 50 or more of each. */
  readonly events: Readonly<Record<string, number>>;
  readonly broken: { readonly claim: string; readonly message: string; readonly story: string } | null;
  readonly world: World;
}

/** Steps without faults after which everybody must be at rest. */
const REST_STEPS_MAX = 20_000;

const storyOf = (world: World, message: string): string => {
  const { state, ledger } = world.watched;
  const named = [...state.rows.values()].filter((row) => message.includes(row.id));
  return named
    .map((row) => {
      const moves = row.history.map(({ at, event, status, detail }) => `  ${at} ${event} → ${status} ${detail}`);
      const tasks = ledger
        .ofSource(row.request.source)
        .map((task) => `  task ${task.id} created ${task.createdAt} ${task.end} at ${task.endsAt}`);
      return [`${row.id} ${statusOf(row)} ${JSON.stringify(Object.fromEntries(row.fields))}`, ...moves, ...tasks].join(
        '\n',
      );
    })
    .join('\n');
};

export const runSeed = async ({ seed, steps, bug, onCall }: SeedOptions): Promise<SeedResult> => {
  const world = createWorld({ seed, ...(bug ? { bug } : {}), ...(onCall ? { onCall } : {}) });
  const { scheduler, watched, found, tally } = world;
  const watchRows = createRowWatch(watched);
  let step = 0;

  const take = async (): Promise<void> => {
    if (!(await scheduler.step())) throw new BrokenPromise('work goes on', 'nobody waits for anything');
    step += 1;
    if (found[0] !== undefined) throw found[0];
    watchRows();
    checkState(watched);
  };

  let broken: SeedResult['broken'] = null;
  try {
    while (step < steps) {
      await take();
      world.befall();
    }
    calm(world.temper);
    world.mend();
    while (!isAtRest(watched)) {
      await take();
      promise(step < steps + REST_STEPS_MAX, 'once the faults are over everybody ends or is held', () =>
        [...watched.state.rows.values()].map((row) => `${row.id as ExpansionId} ${statusOf(row)}`).join(', '),
      );
    }
    checkRest(watched);
  } catch (error) {
    if (!(error instanceof BrokenPromise)) throw error;
    const message = `seed ${seed}, step ${step}, ${scheduler.now()}: ${error.message}`;
    broken = { claim: error.claim, message, story: storyOf(world, message) };
  }
  const statuses: Record<string, number> = {};
  for (const row of watched.state.rows.values()) statuses[statusOf(row)] = (statuses[statusOf(row)] ?? 0) + 1;
  const events: Record<string, number> = {};
  for (const { history } of watched.state.rows.values())
    for (const { event } of history) events[event] = (events[event] ?? 0) + 1;
  const posts = [...world.api.posts.values()].reduce((sum, n) => sum + n, 0);
  return { seed, steps: step, kills: tally.kills, freezes: tally.freezes, posts, statuses, events, broken, world };
};
