// `pnpm demo`: shows the whole way of a batch on this machine and checks that it came out as it must.
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { withFileLock } from '../services/file-lock.ts';
import { ServiceError } from '../services/service-error.ts';
import { REPOSITORY, shownPath } from '../stack/repository.ts';
import { stopInReverse } from '../stack/stop-in-reverse.ts';
import { untilSignal, whenAborted } from '../stack/until-signal.ts';
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
  const signal = untilSignal();
  const stops = stopInReverse();
  const began = performance.now();
  await mkdir(dir, { recursive: true });
  try {
    return await withFileLock(join(dir, 'running.lock'), 0, async () => {
      try {
        console.log('outpaint demo: a small catalog goes through the real command line and a real worker.');
        const demo = runDemo({ dir, env: process.env, print: (line) => console.log(line), stopLater: stops.add });
        const found = await Promise.race([demo, whenAborted(signal)]);
        const seconds = Math.round((performance.now() - began) / 1000);
        if (found.length === 0) {
          console.log(`\nAll as it must be, in ${seconds} s. Everything that was started is stopped again.`);
          return 0;
        }
        console.error(`\nNot as it must be (the logs are in ${shownPath(dir)}):`);
        for (const difference of found) console.error(`  ${difference}`);
        return 1;
      } finally {
        await stops.stop();
      }
    });
  } catch (error) {
    if (signal.aborted) {
      console.error('\nStopped, with everything that was started.');
      return Number(signal.reason);
    }
    const locked = error instanceof ServiceError && error.code === 'lock_timeout';
    if (locked)
      console.error(`Another demo runs in ${shownPath(dir)}: wait for it, or give this one a --dir of its own.`);
    else console.error(`\nThe demo did not get to its end: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
};

process.exitCode = await main();
// Whatever a library still holds must not keep a finished demo alive.
process.exit();
