// Measure six: whether the server keeps what it should let go. Requests at random that nobody meant, and its memory after
// each part, with garbage collected; late parts stand beside the first.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '@outpaint/sandbox/services/free-port';
import { anyRequests, sendAll, sendAnyRequest } from '../test/contract/http/any-request.ts';
import { readDocument } from '../test/contract/http/document.ts';
import { workerEnv } from './support/outpaint-run.ts';
import type { BenchServices, BenchTerms } from './support/services.ts';
import { startProgram } from './support/worker-process.ts';

const WARM_REQUESTS = 2_000;
const PART_REQUESTS = 2_000;
const PARTS = 6;
const AT_ONCE = 8;
/** More than this after the warm-up is a leak: 12,000 requests that each kept 1 kB would be 12 MB. */
const GROWTH_BYTES_MAX = 6 * 1024 * 1024;
const SEED = 20_261_124;

/** Collects garbage and says what is left, whenever it is asked by a signal. */
const TELL_MEMORY = `data:text/javascript,${encodeURIComponent(
  "let n = 0; process.on('SIGUSR2', () => { gc(); gc(); n += 1; process.stdout.write('memory ' + n + ' ' + JSON.stringify(process.memoryUsage()) + '\\n'); });",
)}`;

const MB = 1024 * 1024;

export const measureHttpMemory = async (
  services: BenchServices,
  _terms: BenchTerms,
  say: (line: string) => void,
): Promise<void> => {
  say(`http-memory: ${WARM_REQUESTS} requests at random to warm up, then ${PARTS * PART_REQUESTS}, seed ${SEED}`);
  const place = { services, namespace: `bench-${randomUUID()}`, baseUrl: 'http://127.0.0.1:9', env: {} };
  const port = await freePort();
  const env = {
    ...workerEnv(place),
    HTTP_PORT: String(port),
    HTTP_RATE_PER_MINUTE: '1000000',
    NODE_OPTIONS: `--expose-gc --import ${TELL_MEMORY}`,
  };
  const told = new Map<number, { rss: number; heapUsed: number; external: number }>();
  const hear = (text: string): void => {
    for (const [, n, said = ''] of text.matchAll(/^memory (\d+) (.*)\n/gm)) told.set(Number(n), JSON.parse(said));
  };
  const server = await startProgram(
    'apps/producer/src/main.ts',
    env,
    'server started',
    ['serve', '--no-schedules'],
    hear,
  );
  let asked = 0;
  const memory = async (): Promise<{ rss: number; heapUsed: number; external: number }> => {
    asked += 1;
    server.signal('SIGUSR2');
    for (;;) {
      await pause(20);
      const now = told.get(asked);
      if (now !== undefined) return now;
    }
  };
  try {
    const address = `http://127.0.0.1:${port}`;
    const { operations } = await readDocument(address);
    let failed = 0;
    const send = (count: number, seed: number): Promise<void> =>
      sendAll(anyRequests(operations, count, seed), AT_ONCE, async (one) => {
        const { status } = await sendAnyRequest(address, one);
        if (status >= 500) failed += 1;
      });
    await send(WARM_REQUESTS, SEED);
    const first = await memory();
    let last = first;
    say(`  after the warm-up: heap ${(first.heapUsed / MB).toFixed(1)} MB, RSS ${(first.rss / MB).toFixed(1)} MB`);
    for (let part = 1; part <= PARTS; part += 1) {
      await send(PART_REQUESTS, SEED + part);
      last = await memory();
      say(
        `  after ${part * PART_REQUESTS}: heap ${(last.heapUsed / MB).toFixed(1)} MB, RSS ${(last.rss / MB).toFixed(1)} MB`,
      );
    }
    const growth = last.heapUsed + last.external - first.heapUsed - first.external;
    say(`  grown by ${(growth / MB).toFixed(2)} MB beyond the warm-up; answers of 500 and more: ${failed}`);
    if (growth > GROWTH_BYTES_MAX || failed > 0) process.exitCode = 1;
  } finally {
    await server.stop();
  }
};
