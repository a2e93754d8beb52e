import { expect, it } from 'vitest';
import { createLookPlans } from './look-plans.ts';

const terms = { queriesPerSecond: 10 };

it('a plan exists from the first task of its kind on, and kinds do not teach each other', async () => {
  const plans = createLookPlans({ read: async () => [], terms });
  await plans.refresh();
  expect(plans.of(false)).toBeNull();
  plans.learn({ of: 'best', ms: 80_000 });
  expect(plans.of(true)).not.toBeNull();
  expect(plans.of(false)).toBeNull();
});

it('a plan is made anew when enough has been added, not for every task', () => {
  const plans = createLookPlans({ read: async () => [], terms });
  for (let i = 0; i < 80; i += 1) plans.learn({ of: 'ordinary', ms: 20_000 + i });
  const first = plans.of(false);
  for (let i = 0; i < 5; i += 1) plans.learn({ of: 'ordinary', ms: 20_000 });
  expect(plans.of(false)).toBe(first);
  for (let i = 0; i < 10; i += 1) plans.learn({ of: 'ordinary', ms: 20_000 });
  expect(plans.of(false)).not.toBe(first);
});

it('what other workers have measured takes the place of what this one knows, and an error of Redis takes nothing', async () => {
  let read = async (): Promise<number[]> => [30_000, 31_000, 32_000];
  const plans = createLookPlans({ read: () => read(), terms });
  plans.learn({ of: 'ordinary', ms: 1_000 });
  const own = plans.of(false);
  await plans.refresh();
  const shared = plans.of(false);
  expect(shared).not.toBe(own);
  read = () => Promise.reject(new Error('away'));
  await plans.refresh();
  expect(plans.of(false)).toBe(shared);
});
