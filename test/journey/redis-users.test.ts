// The Redis users of deploy/redis-users.acl: each can do its work, and nothing else.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { connectStore, connectWorker } from '@outpaint/shared/queue/connections';
import { Queue, QueueEvents } from 'bullmq';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { spawnProgram } from '../support/child.ts';
import { startServer } from '../support/http-server.ts';
import { dedicatedRedis } from '../support/redis-server.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';

const FILE = resolve(import.meta.dirname, '../../deploy/redis-users.acl');

/** As the file has them, for the namespace of this test. `default` stays on: the test itself looks with it. */
const addUsers = async (redis: Redis, namespace: string): Promise<Record<string, string>> => {
  const urls: Record<string, string> = {};
  for (const line of (await readFile(FILE, 'utf8')).trim().split('\n')) {
    const [word, name = '', ...rules] = line.replaceAll('{outpaint}', `{${namespace}}`).split(' ');
    expect(word).toBe('user');
    const password = rules.find((rule) => rule.startsWith('>'))?.slice(1);
    if (password === undefined) continue;
    await redis.call('ACL', 'SETUSER', name, 'reset', ...rules);
    urls[name] = `redis://${name}:${password}@${redis.options.host}:${redis.options.port}`;
  }
  return urls;
};

const scene = async () => {
  const server = await dedicatedRedis();
  const stack = await startStack({ redisUrl: server.url });
  const admin = new Redis(server.url);
  onTestFinished(() => admin.disconnect());
  return { stack, admin, urls: await addUsers(admin, stack.namespace) };
};

const refusedTo = async (url: string | undefined, calls: readonly (readonly string[])[]): Promise<string[]> => {
  const redis = connectStore(url ?? '', 'test-user');
  redis.on('error', () => undefined);
  const refused: string[] = [];
  for (const [command = '', ...args] of calls) {
    const answer = await redis.call(command, ...args).then(
      () => null,
      (error: Error) => error.message,
    );
    if (answer !== null && /NOPERM|ACL failure|can't access/.test(answer)) refused.push([command, ...args].join(' '));
  }
  redis.disconnect();
  return refused;
};

const cli = async (stack: Stack, url: string | undefined, args: readonly string[]) => {
  const program = spawnProgram('apps/producer/src/main.ts', { env: { ...stack.env, REDIS_URL: url ?? '' }, args });
  const { code } = await program.exited;
  return { code, text: program.stdout() + program.stderr() };
};

it('worker, producer, server and service do their whole work with their own users', async () => {
  const { stack, admin, urls } = await scene();
  stack.sandbox.faults.add({
    at: 'submit',
    status: 400,
    code: 'InvalidParameter.ImageContent',
    source: stack.sandbox.pictureUrl('bad.jpg'),
  });
  const worker = await stack.startWorker({ env: { REDIS_URL: urls['outpaint-worker'] ?? '' } });
  const server = await startServer({ env: { ...stack.env, REDIS_URL: urls['outpaint-producer'] ?? '' } }, {}, []);
  const posted = await fetch(`${server.address}/v1/expansions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'of-the-test' },
    body: JSON.stringify({
      batch: BATCH,
      custom_id: 'bad',
      source: stack.sandbox.pictureUrl('bad.jpg'),
      parameters: { x_scale: 2 },
    }),
  });
  expect(posted.status).toBe(202);

  const connection = connectWorker(urls['outpaint-service'] ?? '', 'another-service');
  const eventConnection = connectWorker(urls['outpaint-service'] ?? '', 'another-service');
  const prefix = `{${stack.namespace}}`;
  const intake = new Queue('intake', { connection, prefix });
  const events = new QueueEvents('intake', { connection: eventConnection, prefix });
  await events.waitUntilReady();
  const job = await intake.add('expand', {
    batch: BATCH,
    custom_id: 'good',
    source: stack.sandbox.pictureUrl('good.jpg'),
    parameters: { x_scale: 2 },
  });
  expect(await job.waitUntilFinished(events, 30_000)).toMatchObject({ expansion_id: expect.stringMatching(/^x_/) });
  await Promise.all([intake.close(), events.close()]);
  connection.disconnect();
  eventConnection.disconnect();

  await stack.waitForBatch(
    BATCH,
    'one delivered, one dead',
    ({ counts }) => counts.delivered === 1 && counts.dead_lettered === 1,
  );
  const producer = urls['outpaint-producer'];
  for (const args of [
    ['batch', 'pause', BATCH],
    ['batch', 'resume', BATCH],
    ['dead-letter', 'redrive', '--all', '--yes'],
  ]) {
    expect([args, await cli(stack, producer, args)]).toMatchObject([args, { code: 0 }]);
  }
  const doctor = await cli(stack, producer, ['doctor']);
  expect(doctor.text).not.toMatch(/NOPERM|no permissions/i);
  await stack.waitForBatch(BATCH, 'dead again', ({ counts }) => counts.dead_lettered === 1);
  for (const program of [worker, server.program]) {
    expect(await program.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(program.stdout() + program.stderr()).not.toMatch(/NOPERM/);
  }
  const log = (await admin.call('ACL', 'LOG')) as unknown[];
  expect(log).toEqual([]);
}, 300_000);

it('no user may empty, list or change Redis, or touch the keys of others; a service sees the intake alone', async () => {
  const { stack, urls } = await scene();
  await stack.redis.set('of-somebody-else', '1');
  const ofNobody = [
    ['FLUSHALL'],
    ['FLUSHDB'],
    ['KEYS', '*'],
    ['CONFIG', 'SET', 'appendonly', 'no'],
    ['SHUTDOWN', 'NOSAVE'],
    ['ACL', 'LIST'],
    ['CLIENT', 'KILL', 'TYPE', 'normal'],
    ['REPLICAOF', 'NO', 'ONE'],
    ['SCRIPT', 'FLUSH'],
    ['MONITOR'],
    ['GET', 'of-somebody-else'],
    ['SET', 'of-somebody-else', '2'],
    ['EVAL', "return redis.call('GET', 'of-somebody-else')", '0'],
    ['PUBLISH', 'of-somebody-else', 'x'],
  ];
  const ofOperators = [
    ['HGETALL', stack.keys.line],
    ['DEL', stack.keys.slots],
    ['EVAL', `return redis.call('GET', '${stack.keys.line}')`, '0'],
    ['CONFIG', 'GET', 'appendonly'],
  ];
  const joined = (calls: readonly (readonly string[])[]): string[] => calls.map((call) => call.join(' '));
  for (const user of ['outpaint-worker', 'outpaint-producer']) {
    expect([user, await refusedTo(urls[user], [...ofNobody, ...ofOperators])]).toEqual([user, joined(ofNobody)]);
  }
  const all = [...ofNobody, ...ofOperators];
  expect(await refusedTo(urls['outpaint-service'], all)).toEqual(joined(all));
});
