// `outpaint plan --probe` reads the first bytes of the sources and names the rows that would fail, before anything is paid.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, it, onTestFinished } from 'vitest';
import { spawnProgram } from '../support/child.ts';
import { type RawServer, startRawServer } from '../support/raw-server.ts';
import { freshBucket } from '../support/s3-server.ts';

const png = (width: number, height: number, bytes = 33): Buffer => {
  const file = Buffer.alloc(bytes);
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(file);
  file.writeUInt32BE(width, 16);
  file.writeUInt32BE(height, 20);
  return file;
};
const FIRST = 65_536;
const GOOD = png(800, 600);

const answer = (socket: Socket, head: string, body: Buffer): void => {
  socket.write(`HTTP/1.1 ${head}\r\ncontent-type: image/png\r\n\r\n`);
  socket.write(body);
};
const part = (socket: Socket, body: Buffer, total: number): void =>
  answer(
    socket,
    `206 Partial\r\ncontent-length: ${body.length}\r\ncontent-range: bytes 0-${body.length - 1}/${total}`,
    body,
  );

/** Writes for as long as somebody reads. */
const drip = (socket: Socket, sent: { bytes: number }): void => {
  const piece = Buffer.alloc(16_384);
  const more = (): void => {
    if (socket.destroyed) return;
    sent.bytes += piece.length;
    socket.write(piece, (error) => (error ? undefined : setImmediate(more)));
  };
  more();
};

const sources = async (): Promise<RawServer & { sent: { bytes: number } }> => {
  const sent = { bytes: 0 };
  const server = await startRawServer(({ target }, socket) => {
    if (target === '/good.png') return part(socket, GOOD, 5_000);
    if (target === '/whole.png') return answer(socket, `200 OK\r\ncontent-length: ${GOOD.length}`, GOOD);
    if (target === '/huge.png') return part(socket, png(800, 600, FIRST), 10_485_761);
    if (target === '/small.png') return part(socket, png(300, 600), 5_000);
    if (target === '/page.jpg') return part(socket, Buffer.from('<html>not found</html>'), 22);
    if (target === '/private.png') return answer(socket, '403 Forbidden\r\ncontent-length: 0', Buffer.alloc(0));
    if (target === '/moved.png')
      return answer(socket, '302 Found\r\ncontent-length: 0\r\nlocation: /good.png', Buffer.alloc(0));
    if (target === '/endless.png') {
      answer(socket, '200 OK\r\ntransfer-encoding: identity', png(800, 600));
      return drip(socket, sent);
    }
    answer(socket, '404 Not Found\r\ncontent-length: 0', Buffer.alloc(0));
  });
  onTestFinished(() => server.close());
  return Object.assign(server, { sent });
};

const scene = async (rows: readonly (readonly [id: string, source: string])[], env: Record<string, string>) => {
  const folder = await mkdtemp(join(tmpdir(), 'outpaint-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'spring.csv');
  const lines = rows.map(([id, source]) => `${id},${source},16:9`);
  await writeFile(path, `custom_id,source,output_ratio\n${lines.join('\n')}\n`);
  const plan = async (...args: string[]) => {
    const program = spawnProgram('apps/producer/src/main.ts', { env, args: ['plan', path, ...args] });
    const { code } = await program.exited;
    return { code, stdout: program.stdout(), stderr: program.stderr() };
  };
  return { plan };
};
const HERE = { RESULT_ADDRESSES_ALLOWED: '127.0.0.0/8' };

it('each kind of trouble is found and named by its line, by a range request and no redirect followed', async () => {
  const { url, requests, sent } = await sources();
  const { bucket, client, env } = await freshBucket();
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'in/a.png', Body: png(800, 600, 100_000) }));
  const names = ['good', 'whole', 'huge', 'small', 'private', 'moved', 'missing', 'endless'];
  const rows = [
    ...names.map((name) => [name, `${url}/${name}.png`] as const),
    ['page', `${url}/page.jpg`] as const,
    ['stored', `s3://${bucket}/in/a.png`] as const,
    ['lost', `s3://${bucket}/in/b.png`] as const,
  ];
  const { plan } = await scene(rows, { ...env, ...HERE });
  const all = await plan('--probe', 'all', '--json');
  expect(all.code).toBe(2);
  const { probe } = JSON.parse(all.stdout) as { probe: { first: { line: number; custom_id: string; code: string }[] } };
  expect(probe).toMatchObject({
    probed: 11,
    failing: 6,
    counts: { too_large: 1, side_out_of_bounds: 1, refused: 1, redirect: 1, missing: 2, not_an_image: 1 },
  });
  expect(probe.first.map(({ line, custom_id, code }) => [line, custom_id, code])).toEqual([
    [4, 'huge', 'too_large'],
    [5, 'small', 'side_out_of_bounds'],
    [6, 'private', 'refused'],
    [7, 'moved', 'redirect'],
    [8, 'missing', 'missing'],
    [10, 'page', 'not_an_image'],
    [12, 'lost', 'missing'],
  ]);
  expect(requests.map(({ headers }) => headers.range)).toEqual(requests.map(() => `bytes=0-${FIRST - 1}`));
  // `/good.png` was asked for once, not again from `/moved.png`.
  expect(requests.filter(({ target }) => target === '/good.png')).toHaveLength(1);
  // A server that ignores the range is left soon after the first bytes; sockets hold the rest.
  expect(sent.bytes).toBeLessThan(50_000_000);

  const people = await plan('--probe', 'all');
  expect(people.stdout).toContain('sources: 11 of 11 rows looked at, 6 would surely fail (');
  expect(people.stderr).toMatch(/^line 5: the source is 300 x 600; each side must have 512 to 4096 pixels$/m);
  expect(people.stderr).toMatch(/^line 7: perhaps: the source is somewhere else \(HTTP 302\)/m);
});

it('a sample looks at so many rows and no more, and nothing wrong is exit 0', async () => {
  const { url, requests } = await sources();
  const rows = Array.from({ length: 40 }, (_, i) => [`sku-${i}`, `${url}/good.png`] as const);
  const { plan } = await scene(rows, HERE);
  const some = await plan('--probe', '7', '--json');
  expect(some).toMatchObject({ code: 0 });
  expect(JSON.parse(some.stdout)).toMatchObject({ good: 40, probe: { probed: 7, failing: 0, counts: {}, first: [] } });
  expect(requests).toHaveLength(7);
});

it('a source in a private network is named and never spoken to', async () => {
  const { url, connections } = await sources();
  const { plan } = await scene(
    [
      ['a', `${url}/good.png`],
      ['b', 'http://169.254.169.254/latest/meta-data'],
    ],
    {},
  );
  const probed = await plan('--probe', 'all');
  expect(probed).toMatchObject({ code: 2, stdout: expect.stringContaining('private_address 2') });
  expect(connections()).toBe(0);
});

it.each(['0', 'some', '100001'])('--probe %s is refused', async (value) => {
  const { plan } = await scene([['a', 'https://c.example/1.jpg']], {});
  expect((await plan('--probe', value)).code).toBe(2);
});
