// Schedules on a namespace of the test's own, with manifests in a folder and a clock that the test sets.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acceptManifest } from '@outpaint/producer/accept/accept-manifest';
import { createOpenManifest } from '@outpaint/producer/manifest/open-manifest';
import { readDefinition, type ScheduleWish } from '@outpaint/producer/schedule/definition';
import { type TickDeps, tick } from '@outpaint/producer/schedule/tick';
import { createScheduleStore, type ScheduleStore } from '@outpaint/shared/batch/schedule-store';
import { createLogger } from '@outpaint/shared/telemetry/logger';
import { onTestFinished } from 'vitest';
import { openStores, type TestStores } from './stores.ts';

export interface ScheduleScene {
  readonly stores: TestStores;
  readonly schedules: ScheduleStore;
  readonly time: { now: number };
  /** Writes a manifest of `rows` rows; its address, with placeholders kept. */
  manifest(name: string, rows: readonly string[]): Promise<string>;
  folder: string;
  add(wish: Partial<ScheduleWish>): Promise<void>;
  /** One more process that runs schedules. */
  runner(owner: string, over?: Partial<TickDeps>): () => Promise<void>;
  results(): Promise<string[]>;
}

export const scheduleScene = async (start: string): Promise<ScheduleScene> => {
  const stores = openStores({ realTime: true });
  const schedules = createScheduleStore(stores.redis, stores.keys);
  const folder = await mkdtemp(join(tmpdir(), 'outpaint-feeds-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const time = { now: Date.parse(start) };
  const openManifest = createOpenManifest({
    objects: {
      open: () => Promise.reject(new Error('no object is asked for here')),
      list: () => {
        throw new Error('nothing is listed here');
      },
    },
    own: null,
    bytesMax: 1_000_000,
  });
  const price = { pricePerImage: 180_000, priceCurrency: 'CNY' };
  const withMemory = { ...stores, memoryUse: async () => ({ usedBytes: 0, maxBytes: null }) };
  const stop = new AbortController().signal;
  return {
    stores,
    schedules,
    time,
    folder,
    manifest: async (name, rows) => {
      const lines = rows.map((id) =>
        JSON.stringify({ custom_id: id, source: `https://cdn.example.com/${id}.jpg`, parameters: { x_scale: 2 } }),
      );
      await writeFile(join(folder, name), `${lines.join('\n')}\n`);
      return join(folder, name);
    },
    add: async (wish) => {
      const definition = readDefinition(
        {
          name: 'nightly',
          cron: '0 2 * * *',
          time_zone: 'Asia/Shanghai',
          manifest: join(folder, '{date}.jsonl'),
          ...wish,
        },
        time.now,
      );
      await schedules.put(definition, time.now);
    },
    runner: (owner, over = {}) => {
      const deps: TickDeps = {
        schedules,
        batches: stores.batches,
        openManifest,
        accept: (manifest, terms) => acceptManifest({ stores: withMemory, price, stop }, manifest, terms),
        now: () => time.now,
        owner,
        log: createLogger({ level: 'silent', format: 'json' }),
        ...over,
      };
      return () => tick(deps);
    },
    results: async () =>
      (await schedules.firings('nightly', 1_000))
        .map(({ slot, state, batch }) => `${slot} ${state} ${batch ?? '-'}`)
        .reverse(),
  };
};
