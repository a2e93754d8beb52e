#!/usr/bin/env node
// The process of `outpaint`: the only place that knows arguments, environment, signals and the exit code.
import { createSystemClock } from '@outpaint/shared/lifecycle/clock';
import { runProgram } from './commands/program.ts';
import { createTerminal } from './terminal/terminal.ts';

// A reader that has seen enough (`| head`) is no failure: what is left is simply not shown.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.exitCode = await runProgram(process.argv.slice(2), {
  env: process.env,
  terminal: createTerminal(process, process.env),
  stdin: process.stdin,
  clock: createSystemClock(),
  untilTold: () =>
    new Promise((resolve) => {
      process.once('SIGTERM', resolve);
      process.once('SIGINT', resolve);
    }),
  onInterrupt: (listener) => {
    process.on('SIGINT', listener);
    return () => process.off('SIGINT', listener);
  },
});
