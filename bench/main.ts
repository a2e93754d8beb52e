// `pnpm bench [quota|engine|endurance|console] [--rounds N] [--rows N]`: the measures, each against controls in the same run.
import { parseArgs } from 'node:util';
import { createConsoleMeasure } from './console.ts';
import { measureEndurance } from './endurance.ts';
import { measureEngineCost } from './engine-cost.ts';
import { measureQuota } from './quota.ts';
import { startServices } from './support/services.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, rows: { type: 'string', default: '1000000' } },
});
const MEASURES = {
  quota: measureQuota,
  engine: measureEngineCost,
  endurance: measureEndurance,
  console: createConsoleMeasure({ chromium: process.env.CHROMIUM, rows: Number(values.rows) }),
} as const;
/** The long ones only when they are named. */
const names = positionals.length > 0 ? positionals : ['quota', 'engine'];
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
    await measure(services, Number(values.rounds), say);
  }
} finally {
  await services.close();
}
