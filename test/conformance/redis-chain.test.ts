// Claims about the Redis that development and tests get.
import { resolve } from 'node:path';
import { startRedis } from '@outpaint/sandbox/services/start-redis';
import { Redis } from 'ioredis';
import { expect, inject, onTestFinished, test } from 'vitest';
import { dedicatedRedis } from '../support/redis-server.ts';

const CACHE_DIR = resolve(import.meta.dirname, '../../.cache');

const connect = (url: string): Redis => {
  const client = new Redis(url, { maxRetriesPerRequest: 1, retryStrategy: () => null });
  // Without a listener ioredis prints every broken connection; each command still rejects.
  client.on('error', () => {});
  onTestFinished(() => client.disconnect());
  return client;
};

test('REDIS_URL comes before everything else and is left alone on stop', async () => {
  const url = inject('redisUrl');
  const service = await startRedis({ mode: 'test', cacheDir: CACHE_DIR, env: { REDIS_URL: url } });
  expect(service).toMatchObject({ url, kind: 'external' });
  await service.stop();
  expect(await connect(url).ping()).toBe('PONG');
});

test('a password in REDIS_URL is not in what is printed about it', async () => {
  const env = { REDIS_URL: 'redis://user:hidden@127.0.0.1:6390/0' };
  const service = await startRedis({ mode: 'test', cacheDir: CACHE_DIR, env });
  expect(service.detail).toBe('REDIS_URL (127.0.0.1:6390)');
});

test('a server that we start writes every change to disk before it answers, and evicts nothing', async () => {
  const server = await dedicatedRedis();
  const client = connect(server.url);
  const config = async (name: string) => ((await client.config('GET', name)) as string[])[1];
  expect(await config('appendonly')).toBe('yes');
  expect(await config('appendfsync')).toBe('always');
  expect(await config('maxmemory-policy')).toBe('noeviction');
  expect(await config('save')).toBe('');
  expect(await config('bind')).toBe('127.0.0.1');
});

test('what a killed server had answered is there when it starts again on the same port', async () => {
  const server = await dedicatedRedis();
  const before = connect(server.url);
  await before.set('paid', 'once');
  const pid = server.pid;
  await server.kill('SIGKILL');
  await expect(before.get('paid')).rejects.toThrow();
  await server.start();
  expect(server.pid).not.toBe(pid);
  expect(await connect(server.url).get('paid')).toBe('once');
});

test('a server that cannot start says why', async () => {
  const server = await dedicatedRedis();
  const { spawnRedis } = await import('@outpaint/sandbox/services/spawn-redis');
  await expect(spawnRedis({ binary: '/bin/false' })).rejects.toMatchObject({ code: 'redis_not_started' });
  await expect(spawnRedis({ binary: '/nowhere/redis-server', port: server.port })).rejects.toMatchObject({
    code: 'redis_not_started',
  });
});

test('on a machine without any server the tests are refused with the remedies, and the demo is told that nothing is kept', async () => {
  const bare = { env: { PATH: '/nowhere' }, cacheDir: CACHE_DIR };
  await expect(startRedis({ mode: 'test', ...bare })).rejects.toMatchObject({
    code: 'redis_not_available',
    message: expect.stringContaining('apt-get install redis-server'),
  });
  const lines: string[] = [];
  const service = await startRedis({ mode: 'demo', ...bare, log: (line) => lines.push(line) });
  onTestFinished(() => service.stop());
  expect(service.kind).toBe('in-process');
  expect(lines.join('\n')).toContain('keeps nothing');
  expect(await connect(service.url).set('a', '1')).toBe('OK');
});
