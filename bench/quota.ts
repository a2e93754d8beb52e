// Measures one and two: how full the account's slots are kept, and how many requests a delivered picture costs,
// beside the scripts that people write today, in the same run.
import { type Sandbox, startSandbox } from '@outpaint/sandbox/upstream/start-sandbox';
import { runScript } from './controls/sdk-script.ts';
import { median, spread } from './support/median.ts';
import { runOutpaint } from './support/outpaint-run.ts';
import type { BenchServices, BenchTerms } from './support/services.ts';

/** The documented sample took 26.5 s; here a second lasts 50 ms, for the sandbox, its quotas and all waits alike. */
const MS_PER_SECOND = 50;
const SERVICE_S = 26.5;
const SLOTS = 5;
const ROWS = 100;
/** So many rows teach; figures with and without them are told apart. */
const FIRST_ROWS = 20;
/** The serial script works on one at a time: its utilisation needs no more rows than this to show. */
const SERIAL_ROWS = 8;

interface Contender {
  readonly name: string;
  readonly rows: number;
  readonly run: (sandbox: Sandbox, sources: readonly string[]) => Promise<void>;
}

interface Figures {
  readonly utilisation: number;
  readonly utilisationFromTheFirst: number;
  readonly requestsPerPicture: number;
  readonly lag: number;
}

const contenders = (services: BenchServices): Contender[] => [
  {
    name: 'outpaint',
    rows: ROWS,
    run: (sandbox, sources) =>
      runOutpaint({
        sources,
        services,
        baseUrl: sandbox.baseUrl,
        env: {
          UPSTREAM_SLOTS: String(SLOTS),
          UPSTREAM_OVERHANG: '2',
          SUBMIT_RATE_PER_SECOND: String(2 * (1_000 / MS_PER_SECOND)),
          QUERY_RATE_PER_SECOND: String(20 * (1_000 / MS_PER_SECOND)),
          POLL_DELAY_MS_MIN: String(3 * MS_PER_SECOND),
          POLL_DELAY_MS_MAX: String(15 * MS_PER_SECOND),
        },
      }),
  },
  {
    name: `p-limit(${SLOTS}) + SDK wait`,
    rows: ROWS,
    run: (sandbox, sources) =>
      runScript({ baseUrl: sandbox.baseUrl, sources, concurrency: SLOTS, msPerSecond: MS_PER_SECOND }),
  },
  {
    name: 'serial script',
    rows: SERIAL_ROWS,
    run: (sandbox, sources) =>
      runScript({ baseUrl: sandbox.baseUrl, sources, concurrency: 1, msPerSecond: MS_PER_SECOND }),
  },
];

/**
 * Of the slots' time until the last row was handed over, the part that a task was at work. It begins with the first
 * task, or with a later one: an installation that has worked before knows how long tasks take, a new one learns it.
 */
const utilisationOf = (sandbox: Sandbox, skipped: number): number => {
  const tasks = sandbox.ledger.rows().filter((row) => row.scheduledAt !== null && row.endedAt !== null);
  const starts = tasks.map((row) => row.scheduledAt ?? 0).sort((a, b) => a - b);
  const from = starts[Math.min(skipped, starts.length - 1)] ?? 0;
  const until = Math.max(...tasks.map((row) => row.createdAt ?? 0));
  const busy = tasks.reduce((sum, row) => {
    const begin = Math.max(row.scheduledAt ?? 0, from);
    return sum + Math.max(0, Math.min(row.endedAt ?? 0, until) - begin);
  }, 0);
  return busy / (SLOTS * (until - from));
};

/** How late ends are seen, as a part of the service time. */
const lagOf = (sandbox: Sandbox, skipped: number): number => {
  const seen = new Map<string, number>();
  for (const line of sandbox.log.recent())
    if (line.op === 'get' && line.taskId !== null) seen.set(line.taskId, line.at);
  const lags = sandbox.ledger
    .rows()
    .slice(skipped)
    .map((row) => (seen.get(row.taskId ?? '') ?? Number.NaN) - (row.endedAt ?? 0));
  return lags.reduce((sum, lag) => sum + lag, 0) / lags.length / (SERVICE_S * MS_PER_SECOND);
};

const measure = async (contender: Contender, round: number): Promise<Figures> => {
  const sandbox = await startSandbox({
    slots: SLOTS,
    submitRate: 2 * (1_000 / MS_PER_SECOND),
    queryRate: 20 * (1_000 / MS_PER_SECOND),
    serviceMsMedian: SERVICE_S * MS_PER_SECOND,
    serviceSigma: 0.25,
    seed: `round-${round}`,
    resultKind: 'tiny',
  });
  try {
    const sources = Array.from({ length: contender.rows }, (_, i) => sandbox.pictureUrl(`row-${i}.jpg`));
    await contender.run(sandbox, sources);
    const requests = sandbox.log.count('submit') + sandbox.log.count('get') + sandbox.log.count('list');
    const skipped = contender.rows > FIRST_ROWS ? FIRST_ROWS : 0;
    return {
      utilisation: utilisationOf(sandbox, skipped),
      utilisationFromTheFirst: utilisationOf(sandbox, 0),
      requestsPerPicture: requests / sandbox.ledger.billed(),
      lag: lagOf(sandbox, skipped),
    };
  } finally {
    await sandbox.close();
  }
};

/** Rounds are interleaved, so that a noisy minute meets all contenders. */
export const measureQuota = async (
  services: BenchServices,
  { rounds }: BenchTerms,
  say: (line: string) => void,
): Promise<void> => {
  say(
    `quota: ${SLOTS} slots, service ${SERVICE_S} s (lognormal, σ 0.25), 2 submits/s, 20 queries/s, 1 s = ${MS_PER_SECOND} ms`,
  );
  const all = contenders(services);
  const figures = new Map<string, Figures[]>(all.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of all) figures.get(contender.name)?.push(await measure(contender, round));
  }
  for (const { name } of all) {
    const of = figures.get(name) ?? [];
    const told = (key: keyof Figures): string => {
      const values = of.map((f) => f[key]);
      return `${median(values).toFixed(3)} (${spread(values)})`;
    };
    say(`  ${name}`);
    say(
      `    utilisation after ${FIRST_ROWS} rows ${told('utilisation')}, with them ${told('utilisationFromTheFirst')}`,
    );
    say(`    requests per picture ${told('requestsPerPicture')}, detection lag / service time ${told('lag')}`);
  }
};
