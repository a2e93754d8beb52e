// The image store keeps its promises on every S3 that is here.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CEPH_PACKAGES, cephMissing, startCephRadosgw } from '@outpaint/sandbox/services/ceph-radosgw';
import type { RunningS3 } from '@outpaint/sandbox/services/s3/running-s3';
import { startS3 } from '@outpaint/sandbox/services/start-s3';
import { startS3Gate } from '@outpaint/sandbox/services/start-s3-gate';
import type { ImageStore, ObjectToPut } from '@outpaint/shared/storage/image-store';
import { createImageStore, type ImageStoreSettings } from '@outpaint/shared/storage/s3-image-store';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { freshBucket } from '../support/s3-server.ts';

const ofThisRun = inject('s3');

/** Ceph is looked for in the usual places; what is installed there needs no setting. */
const cephLacks = await cephMissing({});

/** A further store is one more row. The store of the run is one where it is not the embedded one again. */
const STORES: readonly {
  name: string;
  /** It checks signatures, and the claims about them hold. */
  verifies?: true;
  start: () => Promise<Omit<RunningS3, 'kind'>>;
}[] = [
  { name: 'the embedded store', start: () => startS3({ kind: 'embedded' }) },
  { name: 'a store that ignores If-None-Match', start: () => startS3({ kind: 'embedded', conditionalPut: false }) },
  ...(ofThisRun.kind === 'embedded'
    ? []
    : [
        {
          name: `${ofThisRun.kind} (${ofThisRun.detail})`,
          ...(ofThisRun.traits.verifiesSignatures === true ? { verifies: true as const } : {}),
          start: async () => ({ ...ofThisRun, stop: async () => {} }),
        },
      ]),
  ...(cephLacks.length === 0
    ? [{ name: 'Ceph radosgw', verifies: true as const, start: () => startCephRadosgw({}) }]
    : []),
];

const TIMEOUT_MS = 700;
const HOUR_MS = 3_600_000;

/** Passes everything on and changes the first byte of every body. */
const damagingProxy = async (target: string): Promise<string> => {
  const proxy = createServer((request, response) => {
    const onward = forward(new URL(request.url ?? '/', target), { method: request.method, headers: request.headers });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.once('data', (chunk: Buffer) => chunk.writeUInt8(chunk.readUInt8() ^ 1));
    request.pipe(onward);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
};

const pictureOf = (key: string, text = key): ObjectToPut => {
  const body = Buffer.from(`picture ${text}`);
  const sha256Hex = createHash('sha256').update(body).digest('hex');
  return { key, body, contentType: 'image/png', sha256Hex, expansionId: 'x_abc', taskId: 'task-1' };
};

describe.each(STORES)('$name', ({ start, verifies }) => {
  let service: Omit<RunningS3, 'kind'>;
  beforeAll(async () => {
    service = await start();
  });
  afterAll(() => service.stop());

  const open = async (overrides: Partial<ImageStoreSettings> = {}, now = () => Date.now()) => {
    const fresh = await freshBucket(service);
    const store: ImageStore = createImageStore(
      {
        bucket: fresh.bucket,
        prefix: 'out',
        region: service.region,
        endpoint: service.endpoint,
        credentials: fresh.credentials,
        forcePathStyle: true,
        checksums: 'supported',
        conditionalPut: service.traits.conditionalPut !== false,
        requestTimeoutMs: 10_000,
        ...overrides,
      },
      { now },
    );
    onTestFinished(() => store.close());
    return { store, ...fresh };
  };

  /** A store whose way leads through a gate that can be shut. */
  const openGated = async (overrides: Partial<ImageStoreSettings> = {}) => {
    const gate = await startS3Gate({ target: service.endpoint });
    onTestFinished(() => gate.close());
    return { gate, ...(await open({ endpoint: gate.endpoint, requestTimeoutMs: TIMEOUT_MS, ...overrides })) };
  };

  test('what was put is found by its key, with whose it is, its length, type and SHA-256', async () => {
    const { store, client, bucket } = await open();
    const picture = pictureOf('batch/1042.jpg');
    expect(await store.head(picture.key)).toBeNull();
    const put = await store.put(picture);
    expect(put.kind).toBe('stored');
    expect(await store.head(picture.key)).toEqual({
      expansionId: 'x_abc',
      taskId: 'task-1',
      bytes: picture.body.length,
      contentType: 'image/png',
      sha256: picture.sha256Hex,
      etag: put.etag,
    });
    const got = await client.send(new GetObjectCommand({ Bucket: bucket, Key: 'out/batch/1042.jpg' }));
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? [])).toEqual(picture.body);
  });

  test.each(['图片/夏 天.jpg', 'a b+c&d=e%20f.jpg', "quote'(1)!~*.jpg", 'ü/ß.jpg'])(
    'the key %s comes back as itself',
    async (key) => {
      const { store, client, bucket } = await open();
      await store.put(pictureOf(key));
      expect((await store.head(key))?.expansionId).toBe('x_abc');
      const got = await client.send(new GetObjectCommand({ Bucket: bucket, Key: `out/${key}` }));
      expect(await got.Body?.transformToString()).toBe(`picture ${key}`);
    },
  );

  test('a second put of a key writes nothing and says that it exists', async () => {
    const { store } = await open();
    const first = await store.put(pictureOf('k.jpg', 'first'));
    expect((await store.put({ ...pictureOf('k.jpg', 'second'), expansionId: 'x_other' })).kind).toBe('exists');
    expect(await store.head('k.jpg')).toMatchObject({ expansionId: 'x_abc', etag: first.etag });
  });

  test('of two puts at the same time one is stored and one finds it there', async ({ skip }) => {
    skip(
      service.traits.conditionalPut === false,
      'this store cannot do it: that is what S3_CONDITIONAL_PUT=false gives up',
    );
    const { store } = await open();
    const kinds = await Promise.all(
      Array.from({ length: 8 }, (_, n) => store.put(pictureOf('raced.jpg', String(n))).then((put) => put.kind)),
    );
    expect(kinds.filter((kind) => kind === 'stored')).toHaveLength(1);
  });

  test('with checksums off a picture is stored just the same', async () => {
    const { store } = await open({ checksums: 'required' });
    const picture = pictureOf('plain.jpg');
    await store.put(picture);
    expect(await store.head(picture.key)).toMatchObject({ bytes: picture.body.length, sha256: picture.sha256Hex });
  });

  test('somebody else’s object is nobody’s expansion', async () => {
    const { store, client, bucket } = await open();
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'out/theirs.jpg', Body: 'x' }));
    expect(await store.head('theirs.jpg')).toMatchObject({ expansionId: null, taskId: null, sha256: null, bytes: 1 });
  });

  test('a wrong access key is a refusal that a person must mend', async () => {
    const { store } = await open({ credentials: { accessKeyId: 'wrong', secretAccessKey: 'wrong' } });
    await expect(store.head('k.jpg')).rejects.toMatchObject({ code: 'store_refused' });
    await expect(store.put(pictureOf('k.jpg'))).rejects.toMatchObject({ code: 'store_refused' });
  });

  if (verifies) {
    test('a wrong secret is a refusal that a person must mend', async () => {
      const credentials = { accessKeyId: service.accessKeyId, secretAccessKey: 'wrong' };
      const { store } = await open({ credentials });
      await expect(store.put(pictureOf('k.jpg'))).rejects.toMatchObject({ code: 'store_refused' });
    });

    test('bytes damaged on the way are refused, and are sent anew by the next try', async () => {
      const { store: damaging } = await open({ endpoint: await damagingProxy(service.endpoint) });
      await expect(damaging.put(pictureOf('k.jpg'))).rejects.toMatchObject({ code: 'store_unavailable' });
      expect(await damaging.head('k.jpg')).toBeNull();
    });

    test('a clock that is an hour off is refused by that name once, and then goes by the store’s own', async () => {
      const { store } = await open();
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - HOUR_MS });
      onTestFinished(() => void vi.useRealTimers());
      await expect(store.put(pictureOf('k.jpg'))).rejects.toMatchObject({
        code: 'store_refused',
        facts: { s3Code: 'RequestTimeTooSkewed' },
      });
      expect((await store.put(pictureOf('k.jpg'))).kind).toBe('stored');
    });

    test('a presigned source is refused when its time has passed, and when its key was changed', async () => {
      const { store, bucket } = await open({}, () => Date.now() - HOUR_MS);
      await store.put(pictureOf('k.jpg'));
      expect((await fetch(await store.presignSource(`s3://${bucket}/out/k.jpg`, 60))).status).toBe(403);
      const url = await store.presignSource(`s3://${bucket}/out/k.jpg`, 7_200);
      expect((await fetch(url)).status).toBe(200);
      expect((await fetch(url.replace('/out/k.jpg', '/out/other.jpg'))).status).toBe(403);
    });
  }

  test('a bucket that is not there is a refusal, before and while putting', async () => {
    const { store } = await open({ bucket: 'outpaint-no-such-bucket' });
    await expect(store.checkBucket()).rejects.toMatchObject({ code: 'store_refused' });
    await expect(store.put(pictureOf('k.jpg'))).rejects.toMatchObject({ code: 'store_refused' });
  });

  test('a bucket that is there passes the check', async () => {
    const { store } = await open();
    await expect(store.checkBucket()).resolves.toBeUndefined();
  });

  test('a presigned source can be fetched by anybody, with the store’s own bytes', async () => {
    const { store, bucket } = await open();
    await store.put(pictureOf('图 1+1.jpg'));
    const url = await store.presignSource(`s3://${bucket}/out/图 1+1.jpg`, 60);
    const answer = await fetch(url);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('picture 图 1+1.jpg');
    expect(new URL(url).searchParams.get('X-Amz-Expires')).toBe('60');
    expect(url).not.toContain('checksum');
  });

  test('a store that takes a request and never answers is unavailable when the timeout has passed, not later', async () => {
    const { store, gate } = await openGated();
    await gate.set('hang');
    const begun = performance.now();
    await expect(store.put(pictureOf('k.jpg'))).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(performance.now() - begun).toBeLessThan(TIMEOUT_MS + 2_000);
  });

  test('a store that nobody answers for is unavailable', async () => {
    const { store, gate } = await openGated();
    await gate.set('away');
    await expect(store.head('k.jpg')).rejects.toMatchObject({ code: 'store_unavailable' });
    await gate.clear();
    expect(await store.head('k.jpg')).toBeNull();
  });

  test.each([
    ['slow-down', 'store_unavailable', 503, 'SlowDown'],
    ['internal-error', 'store_unavailable', 500, 'InternalError'],
    ['access-denied', 'store_refused', 403, 'AccessDenied'],
    [{ status: 400, code: 'EntityTooLarge' }, 'store_rejected_object', 400, 'EntityTooLarge'],
    [{ status: 409, code: 'ConditionalRequestConflict' }, 'store_unavailable', 409, 'ConditionalRequestConflict'],
  ] as const)('a put answered with %s is %s, asked once, and the facts say so', async (fault, code, status, s3Code) => {
    const { store, gate } = await openGated();
    await gate.set(fault, 'PUT');
    const putsBefore = gate.puts;
    await expect(store.put(pictureOf('k.jpg'))).rejects.toMatchObject({
      code,
      facts: { operation: 'put', key: 'out/k.jpg', status, s3Code },
    });
    expect(gate.puts - putsBefore).toBe(1);
  });

  test('a 403 to a HEAD is a refusal although it has no body', async () => {
    const { store, gate } = await openGated();
    await gate.set('access-denied', 'HEAD');
    await expect(store.head('k.jpg')).rejects.toMatchObject({ code: 'store_refused', facts: { status: 403 } });
  });

  test('a store that does not know the condition is refused by the name of the setting', async () => {
    const { store, gate } = await openGated({ conditionalPut: true });
    await gate.set({ status: 501, code: 'NotImplemented' }, 'PUT');
    await expect(store.put(pictureOf('k.jpg'))).rejects.toMatchObject({
      code: 'store_refused',
      message: expect.stringContaining('S3_CONDITIONAL_PUT=false'),
    });
  });

  test('a slow store within the timeout is just slow', async () => {
    const { store, gate } = await openGated({ requestTimeoutMs: 5_000 });
    await gate.set({ slowMs: 150 });
    expect((await store.put(pictureOf('k.jpg'))).kind).toBe('stored');
  });

  test('an answer lost after the store had the picture is found out by asking again', async () => {
    const { store, gate } = await openGated({ requestTimeoutMs: 5_000 });
    await gate.set('answer-lost', 'PUT');
    await expect(store.put(pictureOf('k.jpg'))).rejects.toMatchObject({ code: 'store_unavailable' });
    await gate.clear();
    expect((await store.put(pictureOf('k.jpg'))).kind).toBe('exists');
    expect(await store.head('k.jpg')).toMatchObject({ expansionId: 'x_abc', taskId: 'task-1' });
  });

  test('an abort by the caller ends the call with the caller’s own reason', async () => {
    const { store, gate } = await openGated({ requestTimeoutMs: 20_000 });
    gate.hold('PUT');
    const controller = new AbortController();
    const putting = store.put(pictureOf('k.jpg'), controller.signal);
    await gate.waitForHeld();
    controller.abort(new Error('shutting down'));
    await expect(putting).rejects.toThrow('shutting down');
  });
});

if (cephLacks.length > 0) {
  test('Ceph radosgw keeps the same promises', ({ skip }) =>
    skip(`not installed here (no ${cephLacks.join(', ')}): apt-get install --no-install-recommends ${CEPH_PACKAGES}`));
}
