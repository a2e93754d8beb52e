// An import that is killed is run again: each row is accepted once, whatever the moment, and the counters know it.
import { randomInt } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { expect, inject, it, onTestFinished } from 'vitest';
import { createChance } from '../simulator/chance.ts';
import { type Program, spawnProgram } from '../support/child.ts';
import { startRedisGate } from '../support/redis-gate.ts';
import { openStores } from '../support/stores.ts';

/** No multiple of a chunk: turned round, the same rows make other chunks, of which some are half known. */
const ROWS = 3_100;
const KILLS = 10;
const SPRING = 'spring' as BatchName;

it('an import killed at ten random points and resumed accepts each row once, also in another order', async () => {
  const seed = randomInt(2 ** 31);
  const chance = createChance(seed);
  const stores = openStores({ realTime: true });
  const gate = await startRedisGate(inject('redisUrl'));
  const folder = await mkdtemp(join(tmpdir(), 'outpaint-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const paths = ['spring.csv', 'turned-round.csv'].map((name) => join(folder, name));
  const rows = Array.from({ length: ROWS }, (_, i) => `sku-${i},https://cdn.example.com/${i}.jpg,16:9`);
  for (const [i, path] of paths.entries())
    await writeFile(path, `custom_id,source,output_ratio\n${(i === 0 ? rows : rows.toReversed()).join('\n')}\n`);
  const start = (path: string): Program =>
    spawnProgram('apps/producer/src/main.ts', {
      env: { REDIS_URL: gate.url, OUTPAINT_NAMESPACE: stores.namespace },
      args: ['run', path, '--batch', SPRING, '--detach', '--json'],
    });

  const kills: string[] = [];
  for (let n = 0; n < KILLS; n += 1) {
    const victim = `"custom_id":"sku-${chance.int(0, ROWS - 1)}"`;
    const when = chance.pick(['before', 'after'] as const);
    const path = chance.pick(paths);
    const { promise: sprung, resolve: spring } = Promise.withResolvers<void>();
    let program: Program | null = null;
    gate.arm({
      text: victim,
      when,
      spring: () => {
        program?.kill('SIGKILL');
        spring();
      },
    });
    program = start(path);
    await sprung;
    expect((await program.exited).signal).toBe('SIGKILL');
    kills.push(`${path.split('/').at(-1)} ${when} ${victim} had ${(await stores.batches.read(SPRING))?.rows} rows`);
  }
  gate.disarm();
  const last = start(chance.pick(paths));
  const { code } = await last.exited;

  const story = `seed ${seed}\n${kills.join('\n')}`;
  expect(code, story).toBe(0);
  const { manifest } = JSON.parse(last.stdout()) as { manifest: { accepted: number; existing: number } };
  expect(manifest.accepted + manifest.existing, story).toBe(ROWS);
  const backlog = await stores.redis.lrange(stores.keys.backlog(SPRING), 0, -1);
  expect(backlog.length, story).toBe(ROWS);
  expect(new Set(backlog).size, story).toBe(ROWS);
  const batch = await stores.batches.read(SPRING);
  expect(batch, story).toMatchObject({ rows: ROWS, state: 'sealed' });
  expect(batch?.counts, story).toEqual(await stores.countRows(SPRING));
  expect(batch?.counts.accepted, story).toBe(ROWS);
});
