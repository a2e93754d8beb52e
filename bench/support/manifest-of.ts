// A manifest of any length with addresses as long as shops' own: the input of imports and of their controls.
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const SOURCE_CHARS = 150;

export const sourceOf = (row: number): string => {
  const end = `/${row}.jpg`;
  const begin = 'https://cdn.example.com/catalog/';
  return begin + 'p'.repeat(SOURCE_CHARS - begin.length - end.length) + end;
};

export interface ManifestFile {
  readonly path: string;
  remove(): Promise<void>;
}

export const writeManifest = async (rows: number): Promise<ManifestFile> => {
  const folder = await mkdtemp(join(tmpdir(), 'outpaint-bench-'));
  const path = join(folder, 'catalog.csv');
  const lines = function* (): Generator<string> {
    yield 'custom_id,source,output_ratio\n';
    for (let i = 0; i < rows; i += 1) yield `sku-${i},${sourceOf(i)},16:9\n`;
  };
  await pipeline(Readable.from(lines()), createWriteStream(path));
  return { path, remove: () => rm(folder, { recursive: true }) };
};
