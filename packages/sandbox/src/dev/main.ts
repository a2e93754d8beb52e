// `pnpm dev`: Redis, S3, the stand-in for the API, a worker and the console, until Ctrl-C.
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { REPOSITORY } from '../stack/repository.ts';
import { runAlone } from '../stack/run-alone.ts';
import { runDev } from './run-dev.ts';

const HELP = `Usage: pnpm dev [--dir FOLDER]

Starts Redis, an S3, a stand-in for the API, a worker and the server with the console, and prints the environment for other terminals. Ctrl-C stops them.
Data is kept in the folder (.outpaint/dev) between runs. SANDBOX_* in your environment change the stand-in (pace, quotas,
faults), and settings such as POLL_DELAY_MS_MIN or LOG_LEVEL the worker; addresses, buckets and keys of yours are not used.

Exit codes: 0 stopped by Ctrl-C · 1 a part did not start or ended · 2 wrong usage
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
  const dir = resolve(given.dir ?? join(REPOSITORY, '.outpaint/dev'));
  const print = (line: string) => console.log(line);
  console.log('outpaint dev: the whole stack on this machine.\n');
  const run = await runAlone(dir, (stopLater) => runDev({ dir, env: process.env, print, stopLater }));
  if (run.kind === 'stopped') {
    console.log('\nStopped.');
    return 0;
  }
  if (run.kind === 'failed') console.error(`\n${run.reason}`);
  return 1;
};

process.exitCode = await main();
// Whatever a library still holds must not keep a stopped stack alive.
process.exit();
