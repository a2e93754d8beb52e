// Clients hand in one by one while server and workers are killed: every 202 is kept, and delivered or explained, billed once.
import { freePort } from '@outpaint/sandbox/services/free-port';
import { expect, it } from 'vitest';
import { accountFor } from '../support/account-for.ts';
import { startServer } from '../support/http-server.ts';
import { runStorm } from '../support/http-storm.ts';
import { startStack } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

const REQUESTS = 300;
const KILLS = 2;

it('every 202 is kept while server and worker are killed, each is delivered or explained, and none is billed twice', async () => {
  const stack = await startStack({ env: { DASHSCOPE_KEY_DEDICATED: 'true', HTTP_RATE_PER_MINUTE: '1000000' } });
  const port = await freePort();
  const env = { HTTP_PORT: String(port) };
  let [server, worker] = await Promise.all([startServer(stack, env), stack.startWorker()]);
  const storm = runStorm({
    address: `http://127.0.0.1:${port}`,
    clients: 20,
    requests: REQUESTS,
    ratePerSecond: 30,
    bodyOf: (number) => ({ source: stack.sandbox.pictureUrl(`row-${number}.jpg`), parameters: { x_scale: 2 } }),
    patienceMs: 90_000,
  });
  const rows = async () => (await stack.batches.read('_single' as never))?.rows ?? 0;
  for (let kill = 1; kill <= KILLS; kill += 1) {
    await waitFor('some more to be kept', async () => (await rows()) >= (REQUESTS * kill) / (KILLS + 2));
    await Promise.all([server.program.kill('SIGKILL'), worker.kill('SIGKILL')]);
    [server, worker] = await Promise.all([startServer(stack, env), stack.startWorker()]);
  }
  const { kept, unanswered, others } = await storm;
  expect([unanswered, kept.length]).toEqual([[], REQUESTS]);
  // They felt the kills.
  expect(Object.keys(others).length).toBeGreaterThan(0);
  // A request that was asked again is the same expansion.
  expect([new Set(kept.map(({ id }) => id)).size, await rows()]).toEqual([REQUESTS, REQUESTS]);

  const ids = kept.map(({ id }) => id);
  const account = await waitFor(
    'every one to be delivered or explained',
    async () => {
      const now = await accountFor(stack.records, ids);
      if (now.underWay === 0) return now;
      throw new Error(JSON.stringify(now));
    },
    { timeoutMs: 90_000, everyMs: 500 },
  );
  expect(account.lost).toEqual([]);
  const explained = Object.values(account.explained).reduce((sum, n) => sum + n, 0);
  expect(account.delivered + explained).toBe(REQUESTS);
  expect(stack.sandbox.ledger.billedTwice()).toEqual([]);
  expect(stack.sandbox.ledger.billed()).toBeGreaterThanOrEqual(account.delivered);
  await Promise.all([server.program.kill('SIGTERM'), worker.kill('SIGTERM')]);
}, 300_000);
