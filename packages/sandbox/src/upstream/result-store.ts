// Keeps the finished pictures on disk and gives each a signed address that runs out.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SigningKey, signResult } from './sign-result.ts';
import { tinyPicture } from './tiny-picture.ts';

export interface StoredResult {
  /** Path of the URL. */
  readonly path: string;
  /** The task's source, so that faults can be aimed at its result. */
  readonly source: string;
  readonly size: number;
  /** Upper-case MD5 in quotes, as OSS writes it for a whole object. */
  readonly etag: string;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
  /** Signed when the task ended. */
  readonly url: string;
  read(): Promise<Buffer>;
}

export interface ResultStore {
  readonly key: SigningKey;
  keep(bytes: Buffer, source: string): Promise<StoredResult>;
  find(path: string): StoredResult | null;
  /** A newly signed address of the same picture. */
  resign(result: StoredResult): string;
  close(): Promise<void>;
}

interface Parts {
  readonly now: () => number;
  readonly ttlMs: () => number;
  /** Scheme, host and port of the result's address. */
  readonly origin: () => string;
}

export function openResultStore({ now, ttlMs, origin }: Parts): ResultStore {
  const key: SigningKey = { id: 'LTAI5tSandboxSandboxSand', secret: randomBytes(20).toString('hex') };
  const results = new Map<string, StoredResult>();
  let folder: Promise<string> | null = null;
  const sign = (path: string) => {
    const expires = Math.ceil((now() + ttlMs()) / 1000);
    return `${origin()}${path}?${signResult(key, path, expires)}`;
  };
  const reader = async (bytes: Buffer): Promise<() => Promise<Buffer>> => {
    // A load test's results are one buffer; a hundred thousand copies of it would fill the disk.
    if (bytes === (await tinyPicture())) return () => Promise.resolve(bytes);
    folder ??= mkdtemp(join(tmpdir(), 'outpaint-sandbox-'));
    const file = join(await folder, `${randomUUID()}.jpg`);
    await writeFile(file, bytes);
    return () => readFile(file);
  };

  return {
    key,
    async keep(bytes, source) {
      const read = await reader(bytes);
      const modifiedAt = now();
      const date = new Date(modifiedAt).toISOString().slice(0, 10);
      const path = `/service_dashscope/ImageOutPainting/${date}/public/${randomUUID()}/result-${randomUUID()}.jpg`;
      const etag = `"${createHash('md5').update(bytes).digest('hex').toUpperCase()}"`;
      const result = { path, source, size: bytes.length, etag, modifiedAt, url: sign(path), read };
      results.set(path, result);
      return result;
    },
    find: (path) => results.get(path) ?? null,
    resign: ({ path }) => sign(path),
    async close() {
      results.clear();
      if (folder !== null) await rm(await folder, { recursive: true, force: true });
    },
  };
}
