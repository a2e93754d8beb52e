// `pnpm bench [quota|engine|endurance] [--rounds N]`: the measures, each against controls in the same run.
import { parseArgs } from 'node:util';
import { measureEndurance } from './endurance.ts';
import { measureEngineCost } from './engine-cost.ts';
import { measureQuota } from './quota.ts';
import { startServices } from './support/services.ts';

const MEASURES = { quota: measureQuota, engine: measureEngineCost, endurance: measureEndurance } as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' } },
});
/** The long one only when it is named. */
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
