// The demo from a bare machine to pictures in a bucket, in the order in which a person would do it.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Environment } from '../services/environment.ts';
import { shownPath } from '../stack/repository.ts';
import { runCli } from '../stack/run-cli.ts';
import { whenGone } from '../stack/start-program.ts';
import { startStack } from '../stack/start-stack.ts';
import { faultsOf } from './demo-row.ts';
import { DEMO_ROWS } from './demo-rows.ts';
import { differences } from './differences.ts';
import { manifestCsv } from './manifest-csv.ts';
import { pictureFile, readOutcome } from './outcome.ts';
import { DEMO_SANDBOX, DEMO_SETTINGS } from './pace.ts';
import { sheetHtml } from './sheet/sheet-html.ts';
import { sheetPng } from './sheet/sheet-png.ts';
import { readSheetRows } from './sheet/sheet-row.ts';
import { summaryOf } from './summary.ts';

export interface DemoWish {
  /** Made if it is not there; what an earlier demo left in it is removed, and nothing else. */
  readonly dir: string;
  readonly env: Environment;
  readonly print: (line: string) => void;
  readonly stopLater: (stop: () => Promise<void>) => void;
}

const BATCH = 'demo';
const BUCKET = 'pictures';
/** All that a demo writes: what is removed before the next one. */
const LEFT_BEHIND = [
  'redis',
  'bucket',
  'catalog.csv',
  'sandbox.log',
  'worker.log',
  'contact-sheet.png',
  'contact-sheet.html',
];

/** Sentences about what did not come out as the catalog says; none is success. Throws when a part does not start. */
export const runDemo = async ({ dir, env, print, stopLater }: DemoWish): Promise<readonly string[]> => {
  const step = (title: string) => print(`\n${title}`);
  const say = (part: string, text: string) => print(`  ${part.padEnd(9)} ${text}`);
  for (const name of LEFT_BEHIND) await rm(join(dir, name), { recursive: true, force: true });
  await mkdir(dir, { recursive: true });

  step('1. Everything it needs, on this machine only');
  const sandbox = { ...DEMO_SANDBOX, SANDBOX_FAULTS: JSON.stringify(faultsOf(DEMO_ROWS)) };
  const stack = await startStack({ dir, env, bucket: BUCKET, sandbox, settings: DEMO_SETTINGS, say }, stopLater);
  const manifest = join(dir, 'catalog.csv');
  await writeFile(manifest, manifestCsv(DEMO_ROWS, stack.controlUrl));
  say('manifest', `${shownPath(manifest)}: ${DEMO_ROWS.length} rows, and some of them are meant to fail`);

  const cli = async (...args: string[]): Promise<number> => {
    print(`  $ pnpm outpaint ${args.map(shownPath).join(' ')}`);
    return runCli(args.map(shownPath), stack.env);
  };
  step('2. What would it cost? A dry run: nothing is written, nothing is paid, bad rows are named by line');
  const planCode = await cli('plan', manifest, '--batch', BATCH);

  step('3. The real thing: one worker, and the manifest handed in and followed to its end');
  const worker = await stack.startWorker();
  // Without one of these the command would wait for ever.
  const gone = [worker, stack.sandbox].map(whenGone);
  const runCode = await Promise.race([cli('run', manifest, '--batch', BATCH, '--keep-going'), ...gone]);

  step('4. What could not be finished, why, and what to do about it');
  await cli('dead-letter', 'list', '--batch', BATCH);

  step('5. What came of it');
  const outcome = await readOutcome(stack, BATCH, DEMO_ROWS, { plan: planCode, run: runCode });
  const found = differences(DEMO_ROWS, outcome);
  const shown = await readSheetRows(DEMO_ROWS, outcome, {
    controlUrl: stack.controlUrl,
    file: (customId) => {
      const path = pictureFile(stack, BATCH, customId);
      return { path, relative: relative(dir, path) };
    },
  });
  const { headline, note, lines } = summaryOf(outcome);
  const png = join(dir, 'contact-sheet.png');
  const html = join(dir, 'contact-sheet.html');
  await writeFile(png, await sheetPng(shown, headline, note));
  await writeFile(html, await sheetHtml(shown, headline, note));
  for (const [part, text] of lines) say(part, text);
  say(
    'pictures',
    `${shownPath(join(stack.bucketDir, BATCH))}/, in the bucket as s3://${BUCKET}/${BATCH}/<custom_id>.jpg`,
  );
  say('look', `${shownPath(png)} · ${shownPath(html)}`);
  return found;
};
