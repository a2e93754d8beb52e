// Which packages ship: those of the worker and the CLI, as the Dockerfile installs them, and those inside the console's script.
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

export const REPOSITORY = resolve(import.meta.dirname, '..');

/** No development packages, and no optional ones: those are another Node, and a native decoder that the image leaves out. */
export const PRODUCTION = [
  '--prod',
  '--no-optional',
  '--filter',
  '@outpaint/worker...',
  '--filter',
  '@outpaint/producer...',
  '--filter',
  '@outpaint/console...',
];

const OUTPUT_BYTES_MAX = 32 * 1024 * 1024;
const TIMEOUT_MS = 120_000;

/** Runs the pnpm of the lockfile in the repository; resolves to its stdout. */
export const pnpm = async (...args: string[]): Promise<string> => {
  const program = resolve(REPOSITORY, 'node_modules/.bin/pnpm');
  const options = { cwd: REPOSITORY, maxBuffer: OUTPUT_BYTES_MAX, timeout: TIMEOUT_MS };
  return (await promisify(execFile)(program, args, options)).stdout;
};
