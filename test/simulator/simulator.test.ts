// The short form of the simulator: no promise breaks in clean runs, and every planted bug breaks one in time.
import { expect, it } from 'vitest';
import { PLANTED_BUGS } from './planted/planted-bugs.ts';
import { runSeed } from './run-seed.ts';
import { runSeeds } from './run-seeds.ts';

const STEPS_PER_SEED = 2_500;
const STEPS = 60_000;

it(`${STEPS} steps with kills, freezes, lost answers and every other fault break no promise`, async () => {
  const tally = await runSeeds({ from: 1, seedsMax: 1_000, stepsMax: STEPS, steps: STEPS_PER_SEED });
  expect(tally.broken, `${tally.broken?.message}\n${tally.broken?.story}`).toBeNull();
  expect(tally.kills).toBeGreaterThan(20);
  expect(tally.freezes).toBeGreaterThan(30);
  expect(tally.statuses.delivered).toBeGreaterThan(100);
  // Doubts ended in each of the three ways.
  const { adopted = 0, released = 0, held = 0 } = tally.events;
  expect(Math.min(adopted, released, held), JSON.stringify(tally.events)).toBeGreaterThan(2);
});

it('the same seed is the same run', async () => {
  const [first, again] = [await runSeed({ seed: 7, steps: 1_000 }), await runSeed({ seed: 7, steps: 1_000 })];
  const historyOf = ({ world }: typeof first) => [...world.watched.state.rows.values()].map(({ history }) => history);
  expect(historyOf(again)).toEqual(historyOf(first));
  expect(again.steps).toBe(first.steps);
});

it.each(PLANTED_BUGS)('$name is found within $seedsMax seeds', async (bug) => {
  const tally = await runSeeds({ from: 1, seedsMax: bug.seedsMax, steps: 1_500, bug });
  expect(bug.breaks).toContain(tally.broken?.claim);
});
