// Measure five: whether a 202 holds. 50 clients hand in one by one for a minute while the server and a worker are killed;
// every 202 must be kept and end, and latencies stand beside those of a bare server of the same library in the same run.
import { randomUUID } from 'node:crypto';
import { freePort } from '@outpaint/sandbox/services/free-port';
import { startSandbox } from '@outpaint/sandbox/upstream/start-sandbox';
import { connectStore } from '@outpaint/shared/queue/connections';
import { keysOf } from '@outpaint/shared/record/keys';
import { createRedisRecordStore } from '@outpaint/shared/record/redis-record-store';
import { type Account, accountFor } from '../test/support/account-for.ts';
import { runStorm, type StormResult } from '../test/support/http-storm.ts';
import { startBenchWorker, workerEnv } from './support/outpaint-run.ts';
import type { BenchServices, BenchTerms } from './support/services.ts';
import { type ProgramProcess, startProgram } from './support/worker-process.ts';

const CLIENTS = 50;
const RATE_PER_SECOND = 20;
const CALM_SECONDS = 20;
const STORM_SECONDS = 60;
const KILL_EVERY_MS = 10_000;
/** After the last 202, for the pictures to be made. */
const END_MS_MAX = 600_000;

const ENV = {
  UPSTREAM_SLOTS: '60',
  SUBMIT_RATE_PER_SECOND: '200',
  QUERY_RATE_PER_SECOND: '500',
  DASHSCOPE_KEY_DEDICATED: 'true',
  DOUBT_SETTLE_MS: '30000',
  UPSTREAM_REQUEST_TIMEOUT_MS: '10000',
  RESCUE_MARGIN_MS: '10000',
  UNDELIVERED_MAX: '500',
  POLL_DELAY_MS_MIN: '200',
  LOG_LEVEL: 'warn',
  HTTP_RATE_PER_MINUTE: '1000000',
};

const percentile = (values: readonly number[], part: number): string => {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN).toFixed(1);
};

const tell = (say: (line: string) => void, name: string, result: StormResult): void => {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((part) => percentile(result.latenciesMs, part));
  say(`  ${name}: ${result.kept.length} answered 202, p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms`);
};

const pause = (ms: number): Promise<void> => new Promise((later) => setTimeout(later, ms));

export const measureHttp = async (
  services: BenchServices,
  _terms: BenchTerms,
  say: (line: string) => void,
): Promise<void> => {
  say(
    `http: ${CLIENTS} clients, ${RATE_PER_SECOND} requests/s; server and worker killed every ${KILL_EVERY_MS / 1_000} s`,
  );
  const sandbox = await startSandbox({
    slots: 60,
    submitRate: 200,
    queryRate: 500,
    serviceMsMedian: 300,
    serviceSigma: 0.3,
    resultKind: 'tiny',
  });
  const namespace = `bench-${randomUUID()}`;
  const place = { services, namespace, baseUrl: sandbox.baseUrl, env: ENV };
  const port = await freePort();
  const redis = connectStore(services.redisUrl, 'bench');
  const records = createRedisRecordStore(redis, keysOf(namespace));
  const startServer = (): Promise<ProgramProcess> =>
    startProgram(
      'apps/producer/src/main.ts',
      { ...workerEnv(place), HTTP_PORT: String(port), LOG_LEVEL: 'info' },
      'server started',
      ['serve', '--no-schedules'],
    );
  const storm = (address: string, what: string, seconds: number): Promise<StormResult> =>
    runStorm({
      address,
      clients: CLIENTS,
      requests: seconds * RATE_PER_SECOND,
      ratePerSecond: RATE_PER_SECOND,
      bodyOf: (number) => ({ source: sandbox.pictureUrl(`${what}-${number}.jpg`), parameters: { x_scale: 2 } }),
      patienceMs: 120_000,
    });

  let barePort = '';
  const bare = await startProgram('bench/controls/bare-fastify.ts', {}, 'listening on', [], (text) => {
    barePort = /listening on (\d+)/.exec(text)?.[1] ?? '';
  });
  let server: ProgramProcess | null = null;
  let worker: ProgramProcess | null = null;
  try {
    tell(say, 'bare fastify', await storm(`http://127.0.0.1:${barePort}`, 'bare', CALM_SECONDS));
    await bare.stop();
    [server, worker] = await Promise.all([startServer(), startBenchWorker(place)]);
    const address = `http://127.0.0.1:${port}`;
    const calm = await storm(address, 'calm', CALM_SECONDS);
    tell(say, 'outpaint, nobody killed', calm);

    let over = false;
    const posting = storm(address, 'storm', STORM_SECONDS).finally(() => {
      over = true;
    });
    let kills = 0;
    while (!over) {
      await pause(KILL_EVERY_MS);
      if (over) break;
      await Promise.all([server.kill(), worker.kill()]);
      kills += 1;
      [server, worker] = await Promise.all([startServer(), startBenchWorker(place)]);
    }
    const stormy = await posting;
    tell(say, `outpaint, server and worker killed ${kills} times each`, stormy);
    say(`    asked again after: ${JSON.stringify(stormy.others)}; never answered: ${stormy.unanswered.length}`);

    const ids = [...calm.kept, ...stormy.kept].map(({ id }) => id);
    const until = performance.now() + END_MS_MAX;
    let account: Account = await accountFor(records, ids);
    while (account.underWay > 0 && account.lost.length === 0 && performance.now() < until) {
      await pause(1_000);
      account = await accountFor(records, ids);
    }
    const { delivered, explained, underWay, lost } = account;
    const twice = sandbox.ledger.billedTwice();
    say(
      `  of ${ids.length} answers 202 (${new Set(ids).size} expansions): delivered ${delivered}, explained ${JSON.stringify(explained)}, not ended ${underWay}, lost ${lost.length}; billed ${sandbox.ledger.billed()}, billed twice ${twice.length}`,
    );
    if (lost.length + underWay + twice.length + stormy.unanswered.length > 0) process.exitCode = 1;
  } finally {
    await Promise.all([bare.stop(), server?.stop(), worker?.stop()]);
    redis.disconnect();
    await sandbox.close();
  }
};
