// Keeps the embedded store's objects as plain files, so that a person can open the pictures.
import { glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { type EmbeddedApp, objectPathOf } from './embedded-app.ts';

/** Beside `<dir>/<bucket>/<key>`, what S3 knows of an object and a file does not. */
const HEADERS_FOLDER = '.headers';
const HEADERS_KEPT = /^(content-type|cache-control|x-amz-meta-.+|x-amz-checksum-.+)$/;

/** Characters that some file systems do not take; slashes become folders. */
const UNSAFE = /[<>:"|?*\\%\p{Cc}]/gu;

/** The file of a path `/bucket/key`, relative to the store's folder; no key leads out of it. */
const fileOf = (path: string): string =>
  decodeURIComponent(path)
    .split('/')
    .filter((part) => part !== '')
    .map((part) => (/^\.+$/.test(part) ? part.replaceAll('.', '%2e') : part))
    .map((part) => part.replace(UNSAFE, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`))
    .join(sep);

const keptHeaders = (headers: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).filter(
      (pair): pair is [string, string] => HEADERS_KEPT.test(pair[0]) && typeof pair[1] === 'string',
    ),
  );

/** Writes every stored object below `dir` before its PUT is answered, and removes it when it is deleted. */
export const addObjectFiles = (app: EmbeddedApp, dir: string): void => {
  app.addHook('onSend', async (request, reply) => {
    const path = objectPathOf(request.url);
    if (path === null || reply.statusCode >= 300) return;
    const file = join(dir, fileOf(path));
    const headersFile = join(dir, HEADERS_FOLDER, `${fileOf(path)}.json`);
    if (request.method === 'DELETE') {
      await rm(file, { force: true });
      await rm(headersFile, { force: true });
    }
    // The bytes as they came: a client that sends chunks with trailers is not one of ours.
    if (
      request.method === 'PUT' &&
      Buffer.isBuffer(request.body) &&
      request.headers['x-amz-copy-source'] === undefined
    ) {
      await mkdir(dirname(file), { recursive: true });
      await mkdir(dirname(headersFile), { recursive: true });
      await writeFile(file, request.body);
      await writeFile(headersFile, JSON.stringify({ path, headers: keptHeaders(request.headers) }));
    }
  });
};

/** Puts what an earlier run left below `dir` back into the store and says how many. The application takes no more hooks after it. */
export const loadObjectFiles = async (app: EmbeddedApp, dir: string): Promise<number> => {
  let count = 0;
  for await (const name of glob('**/*.json', { cwd: join(dir, HEADERS_FOLDER) })) {
    const kept: unknown = JSON.parse(await readFile(join(dir, HEADERS_FOLDER, name), 'utf8'));
    const { path, headers } = kept as { path: string; headers: Record<string, string> };
    const body = await readFile(join(dir, fileOf(path))).catch(() => null);
    // A picture that somebody removed by hand is gone from the store, too.
    if (body === null) continue;
    await app.inject({ method: 'PUT', url: `/${path.split('/')[1]}` });
    await app.inject({ method: 'PUT', url: path, headers, payload: body });
    count += 1;
  }
  return count;
};
