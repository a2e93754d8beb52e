// Fetching a result from a server that controls every byte: what is refused, what is bounded, what is kept verbatim.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { createDownloader, type DownloadSettings } from '@outpaint/shared/download/create-downloader';
import type { Lookup } from '@outpaint/shared/download/resolve-once';
import { afterEach, expect, test } from 'vitest';
import { jpeg } from '../support/image-bytes.ts';
import { type Answering, deadPort, rawAnswer, startRawServer } from '../support/raw-server.ts';

const PICTURE = jpeg(1024, 768);

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});
const LOOPBACK: DownloadSettings = {
  hostsAllowed: ['127.0.0.1', 'result.test'],
  addressesAllowed: ['127.0.0.0/8'],
  bytesMax: 1024 * 1024,
  deadlineMs: 5_000,
};
const downloaderWith = (settings: Partial<DownloadSettings> = {}, lookup?: Lookup) => {
  const deps = {
    clock: { now: () => Date.parse('2026-01-01T00:00:00Z') },
    ...(lookup === undefined ? {} : { lookup }),
  };
  const downloader = createDownloader({ ...LOOPBACK, ...settings }, deps);
  opened.push(downloader);
  return downloader;
};
const serve = async (answer: Answering) => {
  const server = await startRawServer(answer);
  opened.push(server);
  return server;
};
const never = () => new AbortController().signal;
const code = (expected: string) => expect.objectContaining({ code: expected });
/** Downloads once from a server that answers with `bytes`; the connection must be gone afterwards. */
const downloadFrom = async (answer: Answering, settings: Partial<DownloadSettings> = {}) => {
  const server = await serve(answer);
  try {
    return await downloaderWith(settings).download(`${server.url}/r.jpg?Expires=1893456000&Signature=s`, never());
  } finally {
    await server.quiet();
    expect(server.requests).toHaveLength(1);
  }
};
const sending =
  (bytes: Buffer): Answering =>
  (_request, socket) =>
    socket.end(bytes);
const chunked = (...chunks: Buffer[]): Buffer =>
  Buffer.concat(
    chunks.flatMap((chunk) => [Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]),
  );

test('a picture arrives whole, with its hash and what its own bytes say about it', async () => {
  const sha256Hex = createHash('sha256').update(PICTURE).digest('hex');
  const image = { format: 'jpeg', contentType: 'image/jpeg', width: 1024, height: 768 };
  const lying = { 'content-type': 'application/octet-stream' };
  expect(await downloadFrom(sending(rawAnswer(200, lying, PICTURE)))).toEqual({ bytes: PICTURE, sha256Hex, image });
});

test('a picture of undeclared length arrives whole', async () => {
  const body = Buffer.concat([chunked(PICTURE.subarray(0, 50), PICTURE.subarray(50)), Buffer.from('0\r\n\r\n')]);
  const { bytes } = await downloadFrom(sending(rawAnswer(200, { 'transfer-encoding': 'chunked' }, body)));
  expect(bytes.equals(PICTURE)).toBe(true);
});

test('a picture of declared length is held in one buffer of that length', async () => {
  const { bytes } = await downloadFrom(sending(rawAnswer(200, {}, PICTURE)));
  expect(bytes.buffer.byteLength).toBe(PICTURE.length);
});

test('the signed path and query reach the wire as they were written', async () => {
  const server = await serve(sending(rawAnswer(200, {}, PICTURE)));
  const signed = '//a/../b%2fC%20d/?Signature=a%2Bb+c%3D%3d&Expires=1893456000&x=%E4%BD%A0&&empty=&y=[1]|2\'"^`{}';
  await downloaderWith().download(`${server.url}${signed}#part`, never());
  expect(server.requests[0]).toMatchObject({ method: 'GET', target: signed });
  expect(server.requests[0]?.headers).toMatchObject({
    host: `127.0.0.1:${server.port}`,
    'accept-encoding': 'identity',
  });
});

test('no key, cookie or referrer goes to a host that an answer named', async () => {
  const server = await serve(sending(rawAnswer(200, {}, PICTURE)));
  await downloaderWith().download(`${server.url}/r.jpg`, never());
  expect(Object.keys(server.requests[0]?.headers ?? {}).sort()).toEqual([
    'accept',
    'accept-encoding',
    'connection',
    'host',
  ]);
});

test('hosts that are not allowed are not contacted', async () => {
  const server = await serve(sending(rawAnswer(200, {}, PICTURE)));
  const downloader = downloaderWith({ hostsAllowed: ['aliyuncs.com'] });
  for (const url of [`${server.url}/r.jpg`, 'https://evilaliyuncs.com/r.jpg', 'file:///etc/passwd', 'nonsense', '']) {
    await expect(downloader.download(url, never()), url).rejects.toEqual(code('result_host_not_allowed'));
  }
  expect(server.connections()).toBe(0);
});

test.each([
  ['private', ['10.0.0.1']],
  ['loopback', ['127.0.0.1']],
  ['metadata', ['169.254.169.254']],
  ['carrier NAT', ['100.100.100.200']],
  ['mapped loopback', ['::ffff:127.0.0.1']],
  ['NAT64', ['64:ff9b::a00:1']],
  ['ULA', ['fd00::1']],
  ['public and private together', ['8.8.8.8', '192.168.0.1']],
])('a name that leads to an address that is %s is refused', async (_what, addresses) => {
  const lookup: Lookup = async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  const downloader = downloaderWith({ addressesAllowed: [] }, lookup);
  await expect(downloader.download('http://result.test/r.jpg', never())).rejects.toEqual(
    code('result_address_forbidden'),
  );
});

test('a loopback address in the URL itself is refused unless its range is named', async () => {
  const server = await serve(sending(rawAnswer(200, {}, PICTURE)));
  const downloader = downloaderWith({ addressesAllowed: [] });
  for (const host of ['127.0.0.1', '0x7f.1', '2130706433']) {
    const url = `http://${host}:${server.port}/r.jpg`;
    await expect(downloader.download(url, never()), host).rejects.toEqual(code('result_address_forbidden'));
  }
  expect(server.connections()).toBe(0);
});

test('another port of a public address is refused', async () => {
  const downloader = downloaderWith({ addressesAllowed: [] }, async () => [{ address: '8.8.8.8', family: 4 }]);
  for (const port of [22, 6379, 8080]) {
    const url = `http://result.test:${port}/r.jpg`;
    await expect(downloader.download(url, never()), url).rejects.toEqual(code('result_address_forbidden'));
  }
});

test('a name is resolved once: a second, other answer of the resolver is never asked for', async () => {
  const server = await serve(sending(rawAnswer(200, {}, PICTURE)));
  let lookups = 0;
  // The first answer is the one that is checked; a rebinding resolver would give the attacker's address the second time.
  const lookup: Lookup = async () => [{ address: ++lookups === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }];
  const { bytes } = await downloaderWith({}, lookup).download(`http://result.test:${server.port}/r.jpg`, never());
  expect(bytes.equals(PICTURE)).toBe(true);
  expect(lookups).toBe(1);
  expect(server.requests[0]?.headers.host).toBe(`result.test:${server.port}`);
});

test('over TLS the pinned connection still asks for the certificate of the name', async () => {
  const hellos: Buffer[] = [];
  const server = await startRawServer(() => {}, {
    onConnect: (socket) =>
      socket.once('data', (bytes: Buffer) => {
        hellos.push(bytes);
        socket.destroy();
      }),
  });
  opened.push(server);
  const downloader = downloaderWith({}, async () => [{ address: '127.0.0.1', family: 4 }]);
  const url = `https://result.test:${server.port}/r.jpg`;
  await expect(downloader.download(url, never())).rejects.toEqual(code('result_unavailable'));
  expect(Buffer.concat(hellos).includes('result.test')).toBe(true);
});

test('a URL whose signature ended long ago is not fetched', async () => {
  const server = await serve(sending(rawAnswer(200, {}, PICTURE)));
  const url = `${server.url}/r.jpg?Expires=1700000000&Signature=s`;
  await expect(downloaderWith().download(url, never())).rejects.toEqual(code('result_expired'));
  expect(server.connections()).toBe(0);
});

test.each([
  [403, 'result_expired'],
  [404, 'result_expired'],
  [410, 'result_expired'],
  [301, 'result_host_not_allowed'],
  [304, 'result_host_not_allowed'],
  [400, 'result_unavailable'],
  [429, 'result_unavailable'],
  [500, 'result_unavailable'],
  [503, 'result_unavailable'],
  [204, 'result_unavailable'],
  [206, 'result_unavailable'],
])('HTTP %i is %s', async (status, expected) => {
  const body = status === 204 || status === 304 ? '' : '<Error/>';
  const download = downloadFrom(sending(rawAnswer(status, status === 204 ? { 'content-length': '0' } : {}, body)));
  await expect(download).rejects.toEqual(code(expected));
});

test('a redirect is not followed', async () => {
  const elsewhere = await serve(sending(rawAnswer(200, {}, PICTURE)));
  const download = downloadFrom(sending(rawAnswer(302, { location: `${elsewhere.url}/r.jpg` }, '')));
  await expect(download).rejects.toEqual(code('result_host_not_allowed'));
  expect(elsewhere.connections()).toBe(0);
});

test('a packed answer is refused, not unpacked', async () => {
  const bytes = rawAnswer(200, { 'content-encoding': 'gzip' }, gzipSync(PICTURE));
  await expect(downloadFrom(sending(bytes))).rejects.toEqual(code('result_unavailable'));
  const plain = rawAnswer(200, { 'content-encoding': 'identity' }, PICTURE);
  expect((await downloadFrom(sending(plain))).bytes.equals(PICTURE)).toBe(true);
});

test('a page instead of a picture is refused, whatever its type says', async () => {
  const page = rawAnswer(200, { 'content-type': 'image/jpeg' }, '<html>Sign in</html>');
  await expect(downloadFrom(sending(page))).rejects.toEqual(code('result_not_an_image'));
  await expect(downloadFrom(sending(rawAnswer(200, {}, '')))).rejects.toEqual(code('result_not_an_image'));
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
  await expect(downloadFrom(sending(rawAnswer(200, {}, svg)))).rejects.toEqual(code('result_not_an_image'));
});

test('a length declared too large is refused before the body', async () => {
  const server = await serve((_request, socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2000000\r\n\r\n'));
  const download = downloaderWith().download(`${server.url}/r.jpg`, never());
  await expect(download).rejects.toEqual(code('result_too_large'));
  await server.quiet(); // nothing more came, and yet it ended at once
});

test('a body of undeclared length is cut off when it grows too large', async () => {
  let sent = 0;
  const endless: Answering = (_request, socket) => {
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
    const piece = chunked(Buffer.alloc(64 * 1024));
    const more = () => {
      while (!socket.destroyed && socket.write(piece)) sent += 1;
    };
    socket.on('drain', more);
    more();
  };
  await expect(downloadFrom(endless)).rejects.toEqual(code('result_too_large'));
  expect(sent).toBeGreaterThan(0);
});

test('exactly the largest size allowed is allowed, one byte more is not', async () => {
  const ask = (bytesMax: number) => downloadFrom(sending(rawAnswer(200, {}, PICTURE)), { bytesMax });
  expect((await ask(PICTURE.length)).bytes.length).toBe(PICTURE.length);
  await expect(ask(PICTURE.length - 1)).rejects.toEqual(code('result_too_large'));
});

test('fewer bytes than declared are a truncated result', async () => {
  const bytes = rawAnswer(200, { 'content-length': String(PICTURE.length + 1) }, PICTURE);
  await expect(downloadFrom(sending(bytes))).rejects.toEqual(code('result_truncated'));
});

test('a reset in the middle of the body is a truncated result', async () => {
  const half: Answering = (_request, socket) => {
    socket.write(rawAnswer(200, { 'content-length': '1000' }, PICTURE.subarray(0, 20)), () => socket.resetAndDestroy());
  };
  await expect(downloadFrom(half)).rejects.toEqual(code('result_truncated'));
});

test('chunks without their last one are a truncated result', async () => {
  const bytes = rawAnswer(200, { 'transfer-encoding': 'chunked' }, chunked(PICTURE));
  await expect(downloadFrom(sending(bytes))).rejects.toEqual(code('result_truncated'));
});

test('a server that resets, closes or garbles before its headers end is an unavailable result', async () => {
  const faults: Answering[] = [
    (_request, socket) => socket.resetAndDestroy(),
    (_request, socket) => socket.end(),
    sending(Buffer.from('HTTP/1.1 200 OK\r\ncontent-le')),
    sending(Buffer.from('SSH-2.0-OpenSSH_9.9\r\n')),
    sending(Buffer.from(`HTTP/1.1 200 OK\r\nx: ${'a'.repeat(50_000)}\r\n\r\n`)),
  ];
  for (const fault of faults) await expect(downloadFrom(fault)).rejects.toEqual(code('result_unavailable'));
});

test('a refused connection, a name without address and a broken resolver are an unavailable result', async () => {
  const dead = `http://127.0.0.1:${await deadPort()}/r.jpg`;
  await expect(downloaderWith().download(dead, never())).rejects.toEqual(code('result_unavailable'));
  for (const lookup of [async () => [], () => Promise.reject(new Error('SERVFAIL'))] satisfies Lookup[]) {
    const download = downloaderWith({}, lookup).download('http://result.test/r.jpg', never());
    await expect(download).rejects.toEqual(code('result_unavailable'));
  }
});

test('a server that never answers is given up at the deadline, and its socket is closed', async () => {
  await expect(downloadFrom(() => {}, { deadlineMs: 100 })).rejects.toEqual(code('result_unavailable'));
});

test('a body that drips for ever is given up at the deadline', async () => {
  const drip: Answering = (_request, socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n');
    const timer = setInterval(() => socket.write('x'), 10);
    socket.on('close', () => clearInterval(timer));
  };
  await expect(downloadFrom(drip, { deadlineMs: 150 })).rejects.toEqual(code('result_unavailable'));
});

test('a body that falls silent is given up at the idle limit, long before the deadline', async () => {
  const silent: Answering = (_request, socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nx');
  };
  await expect(downloadFrom(silent, { idleMs: 100, deadlineMs: 60_000 })).rejects.toEqual(code('result_unavailable'));
});

test('a resolver that never answers is given up at the deadline', async () => {
  const lookup: Lookup = () => new Promise(() => {});
  const download = downloaderWith({ deadlineMs: 50 }, lookup).download('http://result.test/r.jpg', never());
  await expect(download).rejects.toEqual(code('result_unavailable'));
});

test('an abort and a close end a download at once, and a closed downloader fetches nothing', async () => {
  const stop = new AbortController();
  await expect(
    (async () => {
      const server = await serve(() => stop.abort(new Error('stopping')));
      await downloaderWith().download(`${server.url}/r.jpg`, stop.signal);
    })(),
  ).rejects.toEqual(code('result_unavailable'));

  const downloader = downloaderWith();
  const server = await serve(() => void downloader.close());
  await expect(downloader.download(`${server.url}/r.jpg`, never())).rejects.toEqual(code('result_unavailable'));
  await expect(downloader.download(`${server.url}/r.jpg`, never())).rejects.toEqual(code('result_unavailable'));
  await server.quiet();
  expect(server.requests).toHaveLength(1);
});

test('no signature is in any error', async () => {
  const errors: unknown[] = [];
  for (const answer of [rawAnswer(403, {}, ''), rawAnswer(500, {}, ''), rawAnswer(200, {}, 'x'), Buffer.from('')]) {
    const server = await serve(sending(answer));
    const url = `${server.url}/r.jpg?OSSAccessKeyId=LTAIkey&Expires=1893456000&Signature=topsecret`;
    await downloaderWith()
      .download(url, never())
      .catch((error) => errors.push([error.message, error.facts, String(error.cause)]));
  }
  expect(errors).toHaveLength(4);
  expect(JSON.stringify(errors)).not.toMatch(/topsecret|LTAIkey/);
});
