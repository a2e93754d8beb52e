// A budget and a failure limit hold at every moment: twenty submits at once, workers killed, each step as Redis ran it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, it, onTestFinished } from 'vitest';
import { type Program, spawnProgram } from '../support/child.ts';
import { monitorRedis } from '../support/redis-monitor.ts';
import { expectBooksBalance, namesOf } from '../support/row-story.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { BATCH, requestOf } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';

const PRICE_MICRO = 180_000;
const WORKERS = 4;
const ROWS = 120;
/** Together twenty submits under way. */
const FIRE = {
  SUBMIT_CONCURRENCY: '5',
  SUBMIT_RATE_PER_SECOND: '1000',
  UPSTREAM_SLOTS: '60',
  DASHSCOPE_KEY_DEDICATED: 'true',
  TRANSIENT_ATTEMPTS_MAX: '10',
};
/** Long enough that all twenty are under way, and that a kill meets some. */
const SLOW = { at: 'submit', kind: 'slow', ms: 600 } as const;

type Counter = 'reserved' | 'spent' | 'submitting' | 'dead_lettered' | 'delivered';
type Step = Readonly<Record<Counter, number>>;

/**
 * What the batch's counters were after each change, in the order in which Redis ran them: scripts show every command that
 * they run. A counter that falls and another that rises in one script are two steps, which only shows more.
 */
const watchCounters = async (stack: Stack): Promise<readonly Step[]> => {
  const steps: Step[] = [{ reserved: 0, spent: 0, submitting: 0, dead_lettered: 0, delivered: 0 }];
  const pattern = new RegExp(
    `"HINCRBY" "${stack.keys.batch(BATCH)}" "(reserved|spent|submitting|dead_lettered|delivered)" "(-?\\d+)"`,
    'i',
  );
  await monitorRedis(inject('redisUrl'), (line) => {
    const [, counter, by] = pattern.exec(line) ?? [];
    const last = steps.at(-1);
    if (counter !== undefined && last !== undefined)
      steps.push({ ...last, [counter.toLowerCase()]: last[counter.toLowerCase() as Counter] + Number(by) });
  });
  return steps;
};

/** One after the other: four programs that are loaded at once take longest on a small machine. */
const startWorkers = async (stack: Stack): Promise<Program[]> => {
  const workers: Program[] = [];
  while (workers.length < WORKERS) workers.push(await stack.startWorker());
  return workers;
};

/** Kills one worker after the other, each when so many more licences were granted, and starts another in its place. */
const killOneByOne = async (
  stack: Stack,
  workers: Program[],
  steps: readonly Step[],
  kills: number,
): Promise<readonly Program[]> => {
  const others: Promise<Program>[] = [];
  const licences = (): number =>
    steps.filter(({ submitting }, i) => submitting > (steps[i - 1]?.submitting ?? 0)).length;
  for (let kill = 0; kill < kills; kill += 1) {
    const enough = licences() + 5;
    const isEnough = async () => licences() >= enough || (await stack.batch(BATCH).catch(() => null))?.run === 'paused';
    await waitFor('five more licences', isEnough, { everyMs: 5 });
    await workers[kill]?.kill('SIGKILL');
    others.push(stack.startWorker());
  }
  expect(licences()).toBeGreaterThan(5);
  return [...workers.slice(kills), ...(await Promise.all(others))];
};

const outpaint = async ({ env }: Stack, ...args: string[]) => {
  const program = spawnProgram('apps/producer/src/main.ts', { env, args });
  const { code } = await program.exited;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
};

const manifestOf = async ({ sandbox }: Stack, names: readonly string[]): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'outpaint-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'spring.csv');
  const lines = names.map((name) => `${name},${sandbox.pictureUrl(`${name}.jpg`)},2`);
  await writeFile(path, ['custom_id,source,x_scale', ...lines, ''].join('\n'));
  return path;
};

it('reserved and spent never exceed the budget, with twenty submits at once and workers killed; raised, it goes on to the end', async () => {
  const stack = await startStack({ env: FIRE });
  // A third of the tasks fails and gives its money back, so that reserving goes on at the edge of the budget.
  stack.sandbox.faults.add(SLOW, { at: 'task', code: 'InternalError.Algo', rate: 0.3 });
  const path = await manifestOf(stack, namesOf('sku', ROWS));
  const budgetMicro = (ROWS / 2) * PRICE_MICRO;
  const steps = await watchCounters(stack);
  const first = await startWorkers(stack);
  const run = outpaint(stack, 'run', path, '--budget', '10.80');
  const workers = await killOneByOne(stack, first, steps, 3);
  expect(await run).toMatchObject({ code: 8, stdout: expect.stringContaining('exceed its budget of CNY 10.80') });

  const held = (step: Step): number => step.reserved + step.spent;
  expect(Math.max(...steps.map(held))).toBe(budgetMicro);
  const batch = await stack.batch(BATCH);
  await waitFor(
    'the last step to be told',
    () => held(steps.at(-1) as Step) === batch.reservedMicro + batch.spentMicro || null,
  );
  expect(stack.sandbox.ledger.billed() * PRICE_MICRO).toBeLessThanOrEqual(budgetMicro);

  stack.sandbox.faults.clear();
  const raised = await outpaint(stack, 'run', path, '--budget', '100');
  // A submit that was cut off is settled, or held for a person: all others are delivered.
  const { counts, held: doubts } = await stack.batch(BATCH);
  expect(raised.code).toBe(doubts > 0 ? 6 : 0);
  expect(counts).toMatchObject({ delivered: ROWS - doubts, in_doubt: doubts });
  await expectBooksBalance(stack);
  await Promise.all(workers.map((worker) => worker.kill('SIGTERM')));
}, 300_000);

it.each([
  ['a number of failures', { failuresMax: 8 }, ({ dead_lettered: dead }: Step) => dead >= 8],
  [
    'a percentage of the ended rows, once there are twenty',
    { failuresPercent: 10 },
    ({ dead_lettered: dead, delivered }: Step) => dead + delivered >= 20 && dead * 10 >= dead + delivered,
  ],
])(
  'no licence is granted after %s was counted, with twenty submits at once and workers killed',
  async (_, limit, isReached) => {
    const stack = await startStack({ env: FIRE });
    const refused = { status: 400, code: 'InvalidParameter.ImageContent', message: 'not this one' } as const;
    stack.sandbox.faults.add({ at: 'submit', ...refused, rate: 0.15 }, SLOW);
    await stack.batches.open(BATCH, limit);
    const steps = await watchCounters(stack);
    const first = await startWorkers(stack);
    const names = namesOf('sku', ROWS);
    await stack.accept(
      BATCH,
      names.map((name) => requestOf(name, BATCH, { source: stack.sandbox.pictureUrl(`${name}.jpg`) })),
    );
    await stack.batches.seal(BATCH);
    const workers = await killOneByOne(stack, first, steps, 2);
    await stack.waitForBatch(BATCH, 'paused by its failures', ({ pausedBy }) => pausedBy === 'threshold');
    await waitFor('the failures to be told', () => steps.some(isReached) || null);
    const granted = steps.filter((step, i) => {
      const before = steps[i - 1];
      return before !== undefined && step.submitting > before.submitting && isReached(before);
    });
    expect(granted).toEqual([]);
    expect((await stack.batch(BATCH)).counts.accepted).toBeGreaterThan(0);
    await Promise.all(workers.map((worker) => worker.kill('SIGTERM')));
  },
  300_000,
);
