// A control: the usual script. p-limit, every step tried again, a file of results that it skips when it is started again.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { S3Client } from '@aws-sdk/client-s3';
import pLimit from 'p-limit';
import { later } from '../later.ts';
import { type ControlConfig, downloadAndPut, Refused, type ResultLine, submit, waitForTask } from './expand-once.ts';

// node usual-script.ts CONFIG_FILE
const config = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as ControlConfig;
const { endpoint, region, ...credentials } = config.s3;
const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });

const ATTEMPTS = 5;

const write = (line: ResultLine): void => appendFileSync(config.resultsFile, `${JSON.stringify(line)}\n`);

/** Tried again whatever went wrong, a timeout too: what every snippet for flaky APIs does. */
const persistently = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Refused || attempt >= ATTEMPTS) throw error;
      await later(2 ** attempt * config.secondMs);
    }
  }
};

const expand = async ({ name, source }: ControlConfig['rows'][number]): Promise<void> => {
  try {
    const taskId = await persistently(() => submit(config, source));
    const url = await waitForTask(config, taskId);
    await persistently(() => downloadAndPut(config, s3, name, url));
    write({ name, ending: 'delivered' });
  } catch (error) {
    write({ name, ending: 'dead_lettered', reason: error instanceof Error ? error.message : String(error) });
  }
};

const lines = existsSync(config.resultsFile)
  ? readFileSync(config.resultsFile, 'utf8').split('\n').filter(Boolean)
  : [];
const done = new Set(lines.map((line) => (JSON.parse(line) as ResultLine).name));
const limit = pLimit(config.concurrency);
process.stdout.write('script started\n');
await Promise.all(config.rows.filter(({ name }) => !done.has(name)).map((row) => limit(() => expand(row))));
process.exit(0);
