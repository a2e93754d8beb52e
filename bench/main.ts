// `pnpm bench [NAME …] [--rounds N] [--rows N]`: the measures, each against controls in the same run.
import { parseArgs } from 'node:util';
import { createConsoleMeasure } from './console.ts';
import { measureCopy } from './copy.ts';
import { measureDesk } from './desk.ts';
import { measureEndurance } from './endurance.ts';
import { measureEngineCost } from './engine-cost.ts';
import { measureFairness } from './fairness.ts';
import { measureHttp } from './http.ts';
import { measureHttpMemory } from './http-memory.ts';
import { measureIngest } from './ingest.ts';
import { measureMillion } from './million.ts';
import { measureQuota } from './quota.ts';
import { measureSlots } from './slots.ts';
import { startServices } from './support/services.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    /** Of the large side of a measure, so that it can be tried small. */
    rows: { type: 'string' },
  },
});
const MEASURES = {
  quota: measureQuota,
  engine: measureEngineCost,
  endurance: measureEndurance,
  http: measureHttp,
  'http-memory': measureHttpMemory,
  ingest: measureIngest,
  slots: measureSlots,
  fairness: measureFairness,
  copy: measureCopy,
  desk: measureDesk,
  million: measureMillion,
  console: createConsoleMeasure({ chromium: process.env.CHROMIUM, rows: Number(values.rows ?? 1_000_000) }),
} as const;
/** The others only when they are named: together they take hours. */
const names = positionals.length > 0 ? positionals : ['quota', 'engine'];
const terms = { rounds: Number(values.rounds), rows: values.rows === undefined ? undefined : Number(values.rows) };
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const services = await startServices(process.env);
try {
  say(`medians of ${values.rounds} rounds; Redis: ${services.redisDetail}`);
  for (const name of names) {
    const measure = MEASURES[name as keyof typeof MEASURES];
    if (measure === undefined)
      throw new Error(`unknown measure ${name}: choose from ${Object.keys(MEASURES).join(', ')}`);
    await measure(services, terms, say);
  }
} finally {
  await services.close();
}
