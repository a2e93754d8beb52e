// `pnpm soak`: a catalog through kills, freezes, outages and a hostile API, by seed, judged; the controls must fail.
import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { REPOSITORY } from '@outpaint/sandbox/stack/repository';
import { untilSignal } from '@outpaint/sandbox/stack/until-signal';
import { contenderLine } from './report-text.ts';
import { runSeed, type SeedReport } from './run-seed.ts';
import { CONTENDERS, type ContenderName, chaosFor, FULL_ROWS, type SoakOptions } from './soak-options.ts';

const HELP = `Usage: pnpm soak [--seed N] [--seeds N] [--rows N] [--key dedicated|shared] [--contenders LIST] …

  --seed N            the first seed (1)
  --seeds N           how many seeds, one after the other (1)
  --rows N            rows of outpaint's catalog (${FULL_ROWS}); kills and outages are in proportion
  --control-rows N    rows of each control's (a fifth)
  --contenders LIST   of ${CONTENDERS.join(', ')}; all unless given
  --key KIND          dedicated, or shared with a neighbour who submits as well; "both" takes turns by seed (both)
  --workers N         worker processes (4)
  --speed N           how much faster than the API's time all times run (40)
  --restores N        how often Redis is put back to an older copy
  --minutes N         limit of one contender's run (30)
  --summary FILE      writes all figures as JSON

Exit codes: 0 outpaint passed and every control failed · 1 not so, or a part did not start · 2 wrong usage · 130 Ctrl-C
`;

const OPTIONS = {
  seed: { type: 'string', default: '1' },
  seeds: { type: 'string', default: '1' },
  rows: { type: 'string', default: String(FULL_ROWS) },
  'control-rows': { type: 'string' },
  contenders: { type: 'string', default: CONTENDERS.join(',') },
  key: { type: 'string', default: 'both' },
  workers: { type: 'string', default: '4' },
  speed: { type: 'string', default: '40' },
  restores: { type: 'string' },
  minutes: { type: 'string', default: '30' },
  summary: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const isContender = (name: string): name is ContenderName => (CONTENDERS as readonly string[]).includes(name);

const main = async (): Promise<number> => {
  let values: ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];
  try {
    ({ values } = parseArgs({ options: OPTIONS }));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    return 2;
  }
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const contenders = values.contenders.split(',');
  const rows = Number(values.rows);
  const numbers = [rows, Number(values.seed), Number(values.seeds), Number(values.workers), Number(values.speed)];
  if (
    !contenders.every(isContender) ||
    !['dedicated', 'shared', 'both'].includes(values.key) ||
    !numbers.every((n) => n > 0)
  ) {
    process.stderr.write(HELP);
    return 2;
  }
  const chaos = chaosFor(rows);
  const options: Omit<SoakOptions, 'key'> = {
    rows,
    workers: Number(values.workers),
    speed: Number(values.speed),
    contenders,
    controlRows: values['control-rows'] === undefined ? Math.ceil(rows / 5) : Number(values['control-rows']),
    chaos: values.restores === undefined ? chaos : { ...chaos, redisRestores: Number(values.restores) },
    limitMs: Number(values.minutes) * 60_000,
  };
  const stop = untilSignal();
  // Of this process alone: several runs may go on in one checkout.
  const dir = join(REPOSITORY, `.outpaint/soak-${process.pid}`);
  const reports: SeedReport[] = [];
  for (let i = 0; i < Number(values.seeds) && !stop.aborted; i += 1) {
    const seed = Number(values.seed) + i;
    const turn = i % 2 === 0 ? 'dedicated' : 'shared';
    const key = values.key === 'both' ? turn : (values.key as SoakOptions['key']);
    const report = await runSeed(seed, { ...options, key }, { dir, env: process.env, say, stop });
    reports.push(report);
    for (const one of report.reports) say(contenderLine(report, one));
    const summary = { rows, speed: options.speed, workers: options.workers, seeds: reports.map(withoutStories) };
    if (values.summary !== undefined) await writeFile(resolve(values.summary), `${JSON.stringify(summary, null, 2)}\n`);
  }
  if (stop.aborted) return Number(stop.reason);
  if (reports.every(({ failures }) => failures.length === 0)) await rm(dir, { recursive: true, force: true });
  const failed = reports.filter(({ failures }) => failures.length > 0).map(({ seed }) => seed);
  say(failed.length === 0 ? `all ${reports.length} seeds passed` : `failed: seeds ${failed.join(', ')}`);
  return failed.length === 0 ? 0 : 1;
};

const withoutStories = (report: SeedReport) => ({
  ...report,
  reports: report.reports.map(({ stories, ...rest }) => ({ ...rest, stories: stories.length })),
});

process.exitCode = await main();
// Connections of libraries that are still about must not keep a finished run alive.
process.exit();
