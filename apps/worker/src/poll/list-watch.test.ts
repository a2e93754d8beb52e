// Which part of the list is asked for, how often, and when it is believed no more; on a clock that the test moves.
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import { rowAtWork } from '@outpaint/shared/lifecycle/in-flight.test-support';
import type { InFlight } from '@outpaint/shared/lifecycle/list-watch';
import type { ListWindow } from '@outpaint/shared/lifecycle/list-window';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import { expect, it, onTestFinished } from 'vitest';
import { startListWatch } from './list-watch.ts';
import type { ReadAtWork } from './read-at-work.ts';

const BOUNDS = { delayMsMin: 3_000, delayMsMax: 15_000, factor: 1.5 };
const TASK_MS = 26_500;
/** Upstream's clock runs so far ahead of ours. */
const AHEAD_MS = 3_600_000;
const ROWS = 50;

/** Time stands still while a round is made; `turn` lets the next one begin and waits for its end. */
const standingClock = () => {
  let now = 100_000;
  let go = (): void => {};
  let asked = Promise.withResolvers<number>();
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        go = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
        asked.resolve(ms);
      }),
  };
  const turn = async (): Promise<number> => {
    const waited = await asked.promise;
    asked = Promise.withResolvers();
    now += waited;
    go();
    await asked.promise;
    return waited;
  };
  return { clock, turn };
};

type Answer = (rows: readonly InFlight[], window: ListWindow | null) => readonly InFlight[];

/** `running` says which of the rows a reading shows; each row that is woken is looked at, and found at work. */
const watch = (o: { readonly running: Answer; readonly shortestMs?: number; readonly pages?: number }) => {
  let rows = Array.from({ length: ROWS }, (_, i) => rowAtWork(`t${i}`, 100_000 - i * 500));
  const windows: (ListWindow | null)[] = [];
  const said: string[] = [];
  const readAtWork: ReadAtWork = async (status, window) => {
    if (status === 'RUNNING') windows.push(window);
    const shown = status === 'RUNNING' ? o.running(rows, window) : [];
    const createdAt = new Map(shown.map((row) => [row.taskId, row.submittedAt + AHEAD_MS]));
    return { kind: 'read', createdAt, pages: o.pages ?? 1 };
  };
  const { clock, turn } = standingClock();
  const watched = startListWatch({
    inFlight: async () => rows,
    readAtWork,
    queues: {
      wakeToken: async (_, id) => {
        rows = rows.map((row) => (row.id === id ? { ...row, polls: row.polls + 1 } : row));
        return true;
      },
    },
    lease: { take: async () => true, end: async () => {} },
    meanMs: () => TASK_MS,
    shortestMs: () => o.shortestMs ?? null,
    pagesPerSecond: 10,
    bounds: BOUNDS,
    clock,
    log: { warn: (_: object, text: string) => said.push(text) } as unknown as Logger,
  });
  onTestFinished(() => watched.stop());
  return { turn, windows, said };
};

it('reads the whole list once, and then the part of tasks that may have ended, by the clock of upstream', async () => {
  const { turn, windows } = watch({ running: (rows) => rows, shortestMs: 20_000 });
  for (let i = 0; i < 3; i += 1) await turn();
  expect(windows[0]).toBeNull();
  const { startTime = 0, endTime = 0 } = windows.at(-1) ?? {};
  // The oldest row's submit, and the youngest that is 18 s old, which is one of those made half a second apart.
  expect(startTime).toBe(100_000 - (ROWS - 1) * 500 + AHEAD_MS - 2_000);
  expect(endTime).toBeGreaterThan(100_000 - 18_000 + AHEAD_MS);
  expect(endTime).toBeLessThan(100_000 - 9_000 + AHEAD_MS);
});

it('reads the list as a whole where a part of it was wrong too often, and believes that', async () => {
  const { turn, windows, said } = watch({ running: (rows, window) => (window === null ? rows : []) });
  for (let i = 0; i < 6; i += 1) await turn();
  expect(said).toEqual(['the list of tasks shows tasks at work as ended: it is read as a whole from now on']);
  expect(windows.at(-1)).toBeNull();
  expect(windows.filter((window) => window !== null).length).toBeGreaterThan(0);
});

it('gives the list up where the whole of it is wrong too', async () => {
  let readings = 0;
  const { turn, windows, said } = watch({
    running: (rows) => {
      readings += 1;
      return readings === 1 ? rows : [];
    },
  });
  for (let i = 0; i < 40; i += 1) await turn();
  expect(said.map((text) => text.replace(/.*: /, ''))).toEqual([
    'it is read as a whole from now on',
    'tasks are looked at one by one',
  ]);
  const before = windows.length;
  await turn();
  expect(windows.length).toBe(before);
});

it('asks for no more pages than its share of the queries allows', async () => {
  const { turn } = watch({ running: (rows) => rows, pages: 50 });
  await turn();
  expect(await turn()).toBe(5_000);
});
