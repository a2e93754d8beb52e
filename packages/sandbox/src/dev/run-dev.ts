// The stack that stays: the same parts as the demo's, with data that is kept, until somebody stops it.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GOOD_ROWS } from '../demo/demo-rows.ts';
import { manifestCsv } from '../demo/manifest-csv.ts';
import type { Environment } from '../services/environment.ts';
import { portOrFree } from '../stack/port-or-free.ts';
import { shownPath } from '../stack/repository.ts';
import { whenGone } from '../stack/start-program.ts';
import { startStack } from '../stack/start-stack.ts';
import { DEV_PORTS, DEV_SANDBOX, DEV_SETTINGS, tunablesOf } from './dev-settings.ts';
import { exportLines } from './export-lines.ts';

export interface DevWish {
  readonly dir: string;
  readonly env: Environment;
  readonly print: (line: string) => void;
  readonly stopLater: (stop: () => Promise<void>) => void;
}

const BUCKET = 'pictures';

/** Never resolves: throws when a part does not start, and `program_ended` when one ends that should not. */
export const runDev = async ({ dir, env, print, stopLater }: DevWish): Promise<never> => {
  const say = (part: string, text: string) => print(`  ${part.padEnd(9)} ${text}`);
  await mkdir(dir, { recursive: true });
  const own = tunablesOf(env);
  const sandbox = { SANDBOX_PORT: String(await portOrFree(DEV_PORTS.sandbox)), ...DEV_SANDBOX, ...own.sandbox };
  const settings = { ...DEV_SETTINGS, HTTP_PORT: String(await portOrFree(DEV_PORTS.server)), ...own.settings };
  const s3Port = await portOrFree(DEV_PORTS.s3);
  const stack = await startStack({ dir, env, bucket: BUCKET, sandbox, settings, s3Port, say }, stopLater);
  const worker = await stack.startWorker();
  const server = await stack.startServer();

  const sample = join(dir, 'sample.csv');
  await writeFile(sample, manifestCsv(GOOD_ROWS, stack.controlUrl));
  const lines = exportLines({ ...settings, ...stack.addresses });
  const envFile = join(dir, 'env');
  await writeFile(envFile, `${lines.join('\n')}\n`);

  print('\nIn another terminal, in this folder:\n');
  for (const line of lines) print(`  ${line}`);
  print(`\nor all of that at once, and then a first batch:\n`);
  print(`  . ${shownPath(envFile)}`);
  print(`  npx -y pnpm@12 outpaint run ${shownPath(sample)}`);
  print(`\nThe console: ${server.address}/`);
  print(`The bill: ${stack.controlUrl}/ledger · calls and peaks: ${stack.controlUrl}/stats`);
  print(
    'Redis and the bucket keep their data for the next time; the stand-in forgets its tasks, so let a batch finish first.',
  );
  print('Ctrl-C stops everything.');
  return Promise.race([whenGone(worker), whenGone(server), whenGone(stack.sandbox)]);
};
