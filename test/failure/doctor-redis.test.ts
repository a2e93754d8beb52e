// `outpaint doctor` in front of a Redis that would hurt paid work: the verdict, the reason and the remedy of each.
import { connectStore, type RedisConnection } from '@outpaint/shared/queue/connections';
import { expect, inject, it, onTestFinished } from 'vitest';
import { spawnProgram } from '../support/child.ts';
import { deadPort, startRawServer } from '../support/raw-server.ts';
import { dedicatedRedis } from '../support/redis-server.ts';
import { waitFor } from '../support/wait-for.ts';

interface Check {
  readonly id: string;
  readonly verdict: string;
  readonly says: string;
  readonly remedy: string | null;
}

/** Nothing else than Redis is of interest here: the other parts are away, and say so beside it. */
const diagnose = async (redisUrl: string, env: Record<string, string> = {}) => {
  const port = await deadPort();
  const away = {
    DASHSCOPE_BASE_URL: `http://127.0.0.1:${port}/api/v1`,
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
  };
  const settings = { DASHSCOPE_API_KEY: 'sk-of-nobody', OUTPAINT_BUCKET: 'pictures', AWS_REGION: 'us-east-1' };
  const program = spawnProgram('apps/producer/src/main.ts', {
    args: ['doctor', '--json'],
    env: { ...settings, AWS_EC2_METADATA_DISABLED: 'true', ...away, REDIS_URL: redisUrl, ...env },
  });
  const { code } = await program.exited;
  const { checks } = JSON.parse(program.stdout()) as { checks: Check[] };
  const of = (id: string): Check => {
    const found = checks.find((check) => check.id === id);
    if (found === undefined) throw new Error(`no check ${id} in ${program.stdout()}`);
    return found;
  };
  return { code, checks, of, output: program.stdout() + program.stderr() };
};

const ask = (url: string): RedisConnection => {
  const redis = connectStore(url, 'test');
  redis.on('error', () => undefined);
  onTestFinished(() => redis.disconnect());
  return redis;
};

const verdict = (wanted: string, says: RegExp, remedy: RegExp) => ({
  verdict: wanted,
  says: expect.stringMatching(says),
  remedy: expect.stringMatching(remedy),
});

it('a durable Redis with room is well in every check, and the probe leaves nothing behind', async () => {
  const server = await dedicatedRedis();
  const { checks } = await diagnose(server.url);
  const redis = checks.filter(({ id }) => id.startsWith('redis.'));
  expect(redis.map(({ id, verdict: said }) => [id, said])).toEqual(
    ['reachable', 'version', 'persistence', 'eviction', 'memory', 'latency', 'clock', 'write'].map((name) => [
      `redis.${name}`,
      'ok',
    ]),
  );
  expect(redis.every(({ remedy }) => remedy === null)).toBe(true);
  expect(await ask(server.url).dbsize()).toBe(0);
});

it('nobody there: a problem that names the address, never the password, and the other parts are judged all the same', async () => {
  const port = await deadPort();
  const { code, of, checks, output } = await diagnose(`redis://me:hunter22@127.0.0.1:${port}`);
  expect(code).toBe(1);
  expect(of('redis.reachable')).toMatchObject(
    verdict('problem', new RegExp(`127\\.0\\.0\\.1:${port}.*ECONNREFUSED`), /REDIS_URL/),
  );
  expect(of('redis.write')).toMatchObject(verdict('unknown', /does not answer/, /answer first/));
  expect(of('upstream.reachable').verdict).toBe('problem');
  expect(checks.filter(({ id }) => id.startsWith('settings.')).length).toBeGreaterThan(5);
  expect(output).not.toContain('hunter22');
});

it('a port that accepts and says nothing is a problem within five seconds', async () => {
  const silent = await startRawServer(() => undefined);
  onTestFinished(() => silent.close());
  const started = performance.now();
  const { of } = await diagnose(`redis://127.0.0.1:${silent.port}`);
  expect(of('redis.reachable')).toMatchObject(verdict('problem', /does not answer/, /REDIS_URL/));
  // Five seconds for the check; the rest is for starting and ending a process on a busy machine.
  expect(performance.now() - started).toBeLessThan(20_000);
});

it.each([
  ['a wrong password', 'redis://:wrong-one@', /WRONGPASS|AUTH/],
  ['no password', 'redis://', /NOAUTH|AUTH/],
])('%s is a problem that says so', async (_title, prefix, said) => {
  const server = await dedicatedRedis();
  await ask(server.url).config('SET', 'requirepass', 'the-right-one');
  const { of, output } = await diagnose(`${prefix}127.0.0.1:${server.port}`);
  expect(of('redis.reachable')).toMatchObject(verdict('problem', said, /password/));
  expect(output).not.toContain('wrong-one');
});

it.each([
  ['appendonly', 'no', 'redis.persistence', /append-only file is off/, /appendonly yes/],
  ['appendfsync', 'everysec', 'redis.persistence', /appendfsync is everysec/, /appendfsync always/],
  ['maxmemory-policy', 'allkeys-lru', 'redis.eviction', /allkeys-lru.*silently drop/, /noeviction/],
])('%s %s is a problem, and a warning once somebody has accepted it', async (name, value, id, says, remedy) => {
  const server = await dedicatedRedis();
  await ask(server.url).config('SET', name, value);
  const first = await diagnose(server.url);
  expect(first.of(id)).toMatchObject(verdict('problem', says, remedy));
  expect(first.code).toBe(1);
  const accepted = await diagnose(server.url, { REDIS_DURABILITY_ACCEPTED: 'true' });
  expect(accepted.of(id)).toMatchObject(verdict('warning', /REDIS_DURABILITY_ACCEPTED/, remedy));
});

it('memory over 70 % warns that imports stop', async () => {
  const server = await dedicatedRedis();
  const redis = ask(server.url);
  await redis.set('ballast', Buffer.alloc(20 * 1024 * 1024));
  // What the server received the value in is freed a moment later.
  const used = await waitFor('the input buffer is freed', async () => {
    const bytes = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
    return bytes < 30 * 1024 * 1024 && bytes;
  });
  await redis.config('SET', 'maxmemory', String(Math.floor(used / 0.8)));
  const { of } = await diagnose(server.url);
  expect(of('redis.memory')).toMatchObject(
    verdict('warning', /of maxmemory\).*Imports stop at 70 %/, /Raise maxmemory/),
  );
  expect(of('redis.write').verdict).toBe('ok');
});

it('a full Redis refuses the write, and the remedy is its memory', async () => {
  const server = await dedicatedRedis();
  await ask(server.url).config('SET', 'maxmemory', '1048576');
  const { code, of } = await diagnose(server.url);
  expect(of('redis.write')).toMatchObject(verdict('problem', /OOM/, /raise maxmemory/));
  expect(code).toBe(1);
});

it('a read-only replica is a problem: it is not the master', async () => {
  const [master, replica] = [await dedicatedRedis(), await dedicatedRedis()];
  await ask(replica.url).call('REPLICAOF', '127.0.0.1', String(master.port));
  const { of } = await diagnose(replica.url);
  expect(of('redis.reachable').verdict).toBe('ok');
  expect(of('redis.write')).toMatchObject(verdict('problem', /READONLY/, /replica: point REDIS_URL at the master/));
});

it('a Redis that lacks the replicas which it must have refuses the write', async () => {
  const server = await dedicatedRedis();
  await ask(server.url).config('SET', 'min-replicas-to-write', '1');
  const { of } = await diagnose(server.url);
  expect(of('redis.write')).toMatchObject(verdict('problem', /NOREPLICAS/, /replicas back/));
});

it('a server that forbids CONFIG leaves persistence unknown, and eviction is read from INFO', async () => {
  const server = await dedicatedRedis();
  await ask(server.url).call('ACL', 'SETUSER', 'guest', 'on', '>secret-word', '~*', '+@all', '-config');
  const { of, code } = await diagnose(`redis://guest:secret-word@127.0.0.1:${server.port}`);
  expect(of('redis.persistence')).toMatchObject(
    verdict('unknown', /append-only file is on.*NOPERM/, /REDIS_DURABILITY_ACCEPTED/),
  );
  expect(of('redis.eviction').verdict).toBe('ok');
  expect(of('redis.write').verdict).toBe('ok');
  expect(code).toBe(1); // for the parts that are away
});

it('a server that forbids CONFIG and has no append-only file is a problem all the same: INFO says so', async () => {
  const server = await dedicatedRedis();
  const redis = ask(server.url);
  await redis.config('SET', 'appendonly', 'no');
  await redis.call('ACL', 'SETUSER', 'guest', 'on', '>secret-word', '~*', '+@all', '-config');
  const { of } = await diagnose(`redis://guest:secret-word@127.0.0.1:${server.port}`);
  expect(of('redis.persistence')).toMatchObject(verdict('problem', /append-only file is off/, /appendonly yes/));
});

it('a user who may not write keys of the namespace is a problem that names the access list', async () => {
  const server = await dedicatedRedis();
  await ask(server.url).call('ACL', 'SETUSER', 'guest', 'on', '>secret-word', '~other:*', '+@all');
  const { of } = await diagnose(`redis://guest:secret-word@127.0.0.1:${server.port}`);
  expect(of('redis.write')).toMatchObject(verdict('problem', /NOPERM|ACL|permission/i, /ACL SETUSER/));
});

it('a user who may not ask INFO leaves version and memory unknown', async () => {
  const server = await dedicatedRedis();
  await ask(server.url).call('ACL', 'SETUSER', 'guest', 'on', '>secret-word', '~*', '+@all', '-info');
  const { of } = await diagnose(`redis://guest:secret-word@127.0.0.1:${server.port}`);
  expect(of('redis.version')).toMatchObject(verdict('unknown', /NOPERM/, /INFO/));
  expect(of('redis.memory').verdict).toBe('unknown');
  expect(of('redis.persistence').verdict).toBe('ok');
});

it('two doctors at once do not disturb each other, nor the installation', async () => {
  const url = inject('redisUrl');
  const both = await Promise.all([diagnose(url), diagnose(url)]);
  for (const { of } of both) expect(of('redis.write').verdict).toBe('ok');
});
