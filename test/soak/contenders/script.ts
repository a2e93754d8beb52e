// The usual script as a contender: one process with a file of results.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenContender } from './contender.ts';
import { controlConfig, readResults, rowsOfControl } from './control-config.ts';

const CONCURRENCY = 20;

export const openScript: OpenContender = (world, catalog) => {
  const config = controlConfig(world, catalog, CONCURRENCY);
  const file = join(world.dir, 'config.json');
  writeFileSync(file, JSON.stringify(config));
  return {
    begin: async () => undefined,
    crew: {
      size: 1,
      file: 'test/soak/controls/usual-script.ts',
      args: [file],
      env: world.env,
      readyLine: /script started/,
    },
    progress: async () => {
      const ended = new Set(readResults(config).map(({ name }) => name)).size;
      return { ended, isDone: ended === catalog.length };
    },
    settle: async () => [],
    rows: () => rowsOfControl(world, catalog, readResults(config)),
    books: async () => [],
    close: async () => undefined,
  };
};
