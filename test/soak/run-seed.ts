// One seed: outpaint must pass the judge, every control must not.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '@outpaint/sandbox/services/environment';
import { type ContenderReport, runContender } from './run-contender.ts';
import { type ContenderName, chaosFor, type SoakOptions } from './soak-options.ts';

export interface SeedReport {
  readonly seed: number;
  readonly key: SoakOptions['key'];
  readonly resign: boolean;
  readonly reports: readonly ContenderReport[];
  /** Sentences; empty where outpaint has passed and all controls have failed. */
  readonly failures: readonly string[];
}

const STORIES_SHOWN = 3;

/** What a control must be found guilty of; sums alone would be too little. */
const isGuilty = ({ figures: { violations } }: ContenderReport): boolean =>
  violations.lost + violations.billed_twice + violations.two_endings > 0;

const judged = (report: ContenderReport): string[] => {
  if (report.contender === 'outpaint') return report.wrong.map((sentence) => `outpaint: ${sentence}`);
  return isGuilty(report) ? [] : [`the control ${report.contender} passed: the judge, or the trouble, proves nothing`];
};

export const runSeed = async (
  seed: number,
  options: SoakOptions,
  o: { dir: string; env: Environment; say: (line: string) => void; stop: AbortSignal },
): Promise<SeedReport> => {
  // Nobody knows whether the real service signs a link anew: every other seed goes either way.
  const resign = seed % 2 === 1;
  const reports: ContenderReport[] = [];
  const failures: string[] = [];
  for (const name of options.contenders) {
    if (o.stop.aborted) break;
    const dir = join(o.dir, `seed-${seed}-${options.key}`, name);
    await rm(dir, { recursive: true, force: true });
    await mkdir(dir, { recursive: true });
    const { rows, chaos } = sizeFor(name, options);
    const report = await runContender({ ...options, rows, chaos, name, seed: `soak-${seed}`, resign, ...o, dir });
    reports.push(report);
    const found = judged(report);
    failures.push(...found);
    if (found.length === 0) await rm(dir, { recursive: true, force: true });
    else {
      await writeFile(join(dir, 'stories.txt'), report.stories.map((lines) => lines.join('\n')).join('\n\n'));
      for (const sentence of found) o.say(`seed ${seed}: ${sentence}`);
      for (const story of report.stories.slice(0, STORIES_SHOWN)) o.say(story.join('\n  '));
    }
  }
  return { seed, key: options.key, resign, reports, failures };
};

/** A control fails with far fewer rows; it meets the same trouble in proportion. */
const sizeFor = (name: ContenderName, options: SoakOptions): Pick<SoakOptions, 'rows' | 'chaos'> =>
  name === 'outpaint'
    ? { rows: options.rows, chaos: options.chaos }
    : {
        rows: options.controlRows,
        chaos: { ...chaosFor(options.controlRows), redisRestores: options.chaos.redisRestores },
      };
