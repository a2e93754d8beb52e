// The plan of what is done to a run follows from its seed, holds everything that was asked for, and is spread over the run.
import { expect, test } from 'vitest';
import { planChaos } from './chaos-plan.ts';
import { chaosFor, FULL_ROWS } from './soak-options.ts';

test('the full scale has at least what the claim says: 100 kills, 20 freezes, 10 kills and pauses of Redis', () => {
  const { kills, freezes, redisKills, redisPauses } = chaosFor(FULL_ROWS);
  expect([kills >= 100, freezes >= 20, redisKills + redisPauses >= 10]).toEqual([true, true, true]);
});

test('a seed always gives the same plan, in order, and another seed another one', () => {
  const counts = chaosFor(FULL_ROWS);
  const plan = planChaos('a', counts);
  expect(plan).toEqual(planChaos('a', counts));
  expect(plan).not.toEqual(planChaos('b', counts));
  expect(plan).toHaveLength(Object.values(counts).reduce((sum, n) => sum + n, 0));
  expect(plan.map(({ at }) => at)).toEqual(plan.map(({ at }) => at).sort((a, b) => a - b));
  for (const { at, choice } of plan)
    expect([at > 0, at < 1, choice >= 0, choice < 1]).toEqual([true, true, true, true]);
});

test('the kills are spread: every tenth of the run but its ends has some', () => {
  const kills = planChaos('a', chaosFor(FULL_ROWS)).filter(({ kind }) => kind === 'kill');
  for (let tenth = 1; tenth < 9; tenth += 1) {
    expect(kills.filter(({ at }) => at >= tenth / 10 && at < (tenth + 1) / 10).length).toBeGreaterThan(5);
  }
});
