// The long form, `pnpm simulate`: as many seeds and steps as wanted, then each planted bug; exit code 1 if anything is amiss.
import { parseArgs } from 'node:util';
import { PLANTED_BUGS } from './planted/planted-bugs.ts';
import { runSeeds } from './run-seeds.ts';

const { values } = parseArgs({
  options: {
    /** `1-400`, or one seed. */
    seeds: { type: 'string', default: '1-100000' },
    /** Steps in all, after which no new seed is begun. */
    steps: { type: 'string', default: '1000000' },
    'steps-per-seed': { type: 'string', default: '2500' },
    /** The name of a planted bug: its run is repeated as it was. */
    bug: { type: 'string' },
    'no-bugs': { type: 'boolean', default: false },
  },
  // `pnpm simulate -- --seeds 7` hands the dashes on.
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
});

const [first = 1, last = first] = values.seeds.split('-').map(Number);
const steps = Number(values['steps-per-seed']);
const print = (line: string): boolean => process.stdout.write(`${line}\n`);
const begun = performance.now();

const bug = PLANTED_BUGS.find(({ name }) => name === values.bug);
if (values.bug !== undefined && bug === undefined) {
  print(`No planted bug is called "${values.bug}". There are: ${PLANTED_BUGS.map(({ name }) => name).join(' · ')}`);
  process.exit(2);
}

const clean = await runSeeds({
  from: first,
  seedsMax: last - first + 1,
  stepsMax: Number(values.steps),
  steps,
  ...(bug ? { bug } : {}),
});
const seconds = (performance.now() - begun) / 1_000;
print(
  `${clean.steps} steps in ${clean.seeds} seeds from ${first} on, ${seconds.toFixed(0)} s (${Math.round(clean.steps / seconds)}/s): ${clean.rows} rows, ${clean.posts} POSTs, ${clean.kills} kills, ${clean.freezes} freezes; at rest ${JSON.stringify(clean.statuses)}`,
);
if (clean.broken !== null) {
  print(`BROKEN: ${clean.broken.message}\n${clean.broken.story}`);
  print(
    `Again: pnpm simulate --seeds ${clean.broken.seed} --steps-per-seed ${steps}${bug ? ` --bug '${bug.name}'` : ''}`,
  );
  process.exitCode = 1;
} else {
  print('no promise broken');
}

if (!values['no-bugs'] && bug === undefined) {
  print('\nplanted bug → found in seed (of at most), by the promise');
  for (const planted of PLANTED_BUGS) {
    const found = await runSeeds({ from: 1, seedsMax: planted.seedsMax, steps: 1_500, bug: planted });
    const isFound = found.broken !== null && planted.breaks.includes(found.broken.claim);
    const text =
      found.broken === null ? 'NOT FOUND' : `${found.broken.seed} (${planted.seedsMax})  ${found.broken.claim}`;
    if (!isFound) process.exitCode = 1;
    print(`${planted.name.padEnd(44)} ${text}`);
  }
}
