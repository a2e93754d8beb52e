// `pnpm demo`: shows the whole way of a batch on this machine and checks that it came out as it must.
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { REPOSITORY, shownPath } from '../stack/repository.ts';
import { runAlone } from '../stack/run-alone.ts';
import { runDemo } from './run-demo.ts';

const HELP = `Usage: pnpm demo [--dir FOLDER]

Extends some two dozen drawn pictures with the real command line and the real worker. Redis, an S3 and a stand-in for the API
are started for it and stopped after it; no account and no key are needed, and no setting of yours is used.
Everything it writes lies in the folder (.outpaint/demo), and is made anew by each run.

Exit codes: 0 it came out as it must · 1 it did not, or a part did not start · 2 wrong usage · 130 Ctrl-C
`;

const main = async (): Promise<number> => {
  let given: { dir?: string | undefined; help?: boolean | undefined };
  try {
    ({ values: given } = parseArgs({ options: { dir: { type: 'string' }, help: { type: 'boolean', short: 'h' } } }));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    return 2;
  }
  if (given.help) {
    console.log(HELP);
    return 0;
  }
  const dir = resolve(given.dir ?? join(REPOSITORY, '.outpaint/demo'));
  const began = performance.now();
  console.log('outpaint demo: a small catalog goes through the real command line and a real worker.');
  const print = (line: string) => console.log(line);
  const run = await runAlone(dir, (stopLater) => runDemo({ dir, env: process.env, print, stopLater }));
  if (run.kind === 'stopped') {
    console.error('\nStopped, with everything that was started.');
    return run.exitCode;
  }
  if (run.kind === 'failed') {
    console.error(`\nThe demo did not get to its end. ${run.reason}`);
    return 1;
  }
  if (run.value.length > 0) {
    console.error(`\nNot as it must be (the logs are in ${shownPath(dir)}):`);
    for (const difference of run.value) console.error(`  ${difference}`);
    return 1;
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(`\nAll as it must be, in ${seconds} s. Everything that was started is stopped again.`);
  return 0;
};

process.exitCode = await main();
// Whatever a library still holds must not keep a finished demo alive.
process.exit();
