// Measure: how full 5, 50, 200 and 500 slots are kept, what that takes in requests, and how late ends are seen by how durations are spread.
import { type Sandbox, startSandbox } from '@outpaint/sandbox/upstream/start-sandbox';
import { type LoadFigures, loadFigures } from './support/load-figures.ts';
import { median, spread } from './support/median.ts';
import { runOutpaint } from './support/outpaint-run.ts';
import type { BenchServices, BenchTerms } from './support/services.ts';

interface Load {
  readonly slots: number;
  readonly serviceMs: number;
  readonly rows: number;
  readonly sigma: number;
  readonly shape: 'lognormal' | 'memoryless';
}

/** Service times grow with the slots, so that one machine can hand over and deliver what so many bring. */
const SIZES: readonly Load[] = [
  { slots: 5, serviceMs: 1_325, rows: 100, sigma: 0.25, shape: 'lognormal' },
  { slots: 50, serviceMs: 8_000, rows: 300, sigma: 0.25, shape: 'lognormal' },
  { slots: 200, serviceMs: 20_000, rows: 900, sigma: 0.25, shape: 'lognormal' },
  { slots: 500, serviceMs: 40_000, rows: 1_800, sigma: 0.25, shape: 'lognormal' },
];
const SPREADS: readonly (readonly [string, Load])[] = [
  ['narrow (σ 0.05)', { slots: 50, serviceMs: 8_000, rows: 300, sigma: 0.05, shape: 'lognormal' }],
  ['wide (σ 0.6)', { slots: 50, serviceMs: 8_000, rows: 300, sigma: 0.6, shape: 'lognormal' }],
  ['memoryless', { slots: 50, serviceMs: 8_000, rows: 300, sigma: 0, shape: 'memoryless' }],
];
/** Waiting upstream behind the slots: a tenth, as an operator would choose with so many. */
const overhangOf = (slots: number): number => Math.max(2, Math.ceil(slots / 10));
/** Looks no closer than a tenth of the service time, and than a tenth of a second. */
const LOOK_PART = 10;

const measure = async (services: BenchServices, load: Load, round: number, rows: number): Promise<LoadFigures> => {
  const { slots, serviceMs } = load;
  const sandbox: Sandbox = await startSandbox({
    slots,
    submitRate: 1_000,
    queryRate: 1_000,
    serviceMsMedian: serviceMs,
    serviceSigma: load.sigma,
    serviceShape: load.shape,
    seed: `round-${round}`,
    resultKind: 'tiny',
  });
  try {
    await runOutpaint({
      services,
      baseUrl: sandbox.baseUrl,
      sources: Array.from({ length: rows }, (_, i) => sandbox.pictureUrl(`row-${i}.jpg`)),
      env: {
        UPSTREAM_SLOTS: String(slots),
        UPSTREAM_OVERHANG: String(overhangOf(slots)),
        SUBMIT_RATE_PER_SECOND: '50',
        QUERY_RATE_PER_SECOND: '200',
        UNDELIVERED_MAX: '1000',
        POLL_DELAY_MS_MIN: String(Math.round(Math.max(100, serviceMs / LOOK_PART))),
        POLL_DELAY_MS_MAX: String(Math.round(serviceMs / 2)),
      },
    });
    return loadFigures(sandbox, slots, Math.min(slots, Math.floor(rows / 3)));
  } finally {
    await sandbox.close();
  }
};

const told = (of: readonly LoadFigures[], key: keyof LoadFigures): string => {
  const values = of.map((figures) => figures[key]);
  return `${median(values).toFixed(3)} (${spread(values)})`;
};

/** Utilisation from when the slots are full first until the last row was handed over; `rows` bounds each run. */
export const measureSlots = async (
  services: BenchServices,
  { rounds, rows }: BenchTerms,
  say: (line: string) => void,
): Promise<void> => {
  const loads = [...SIZES.map((load) => [`${load.slots} slots`, load] as const), ...SPREADS];
  say(
    'slots: utilisation once all are full, requests per picture (submit counted), lag of seeing an end / service time',
  );
  for (const [name, load] of loads) {
    const figures: LoadFigures[] = [];
    const count = Math.min(rows ?? load.rows, load.rows);
    for (let round = 0; round < rounds; round += 1) figures.push(await measure(services, load, round, count));
    say(
      `  ${name}, ${load.serviceMs / 1_000} s: utilisation ${told(figures, 'utilisation')}, requests ${told(figures, 'requests')}, from the first row ${told(figures, 'allRequests')}, lag ${told(figures, 'lag')}`,
    );
  }
};
