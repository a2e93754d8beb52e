// A batch over HTTP: sent along packed, with a shop's own columns, or named where it lies; sealed by a call or by idleness.
import { gzipSync } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { expect, it } from 'vitest';
import { startServer } from '../support/http-server.ts';
import { startStack } from '../support/stack.ts';
import { idOf } from '../support/stores.ts';

interface Told {
  readonly batch: { readonly name: string; readonly state: string };
  readonly accepted: number;
  readonly existing: number;
  readonly notes: readonly string[];
}

const scene = async () => {
  const stack = await startStack();
  const server = await startServer(stack);
  const send = async (query: string, type: string, body: string | Uint8Array, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${server.address}/v1/batches?${query}`, {
      method: 'POST',
      headers: { 'content-type': type, ...headers },
      body: body as never,
    });
    return { status: answer.status, told: (await answer.json()) as Told & { detail?: string } };
  };
  const put = (Key: string, Body: string | Uint8Array) =>
    stack.bucket.client.send(new PutObjectCommand({ Bucket: stack.bucket.bucket, Key, Body }));
  return { stack, server, send, put };
};

const SHAPE = 'map=custom_id=SKU&map=source=Bild&set=output_ratio=16:9&set=add_watermark=false';
const named = (names: readonly string[]): string =>
  `SKU;Bild;Preis\n${names.map((name) => `${name};https://pictures.example/${name}.jpg;19`).join('\n')}\n`.replaceAll(
    ';',
    ',',
  );

it("a shop's own feed goes in by --map and --set of the query, packed or not, and is the same batch when it is sent again", async () => {
  const { stack, server, send } = await scene();
  const feed = named(['a', 'b']);
  const first = await send(`batch=feed&${SHAPE}`, 'text/csv', gzipSync(feed), { 'content-encoding': 'gzip' });
  expect(first).toMatchObject({ status: 202, told: { accepted: 2, existing: 0, batch: { state: 'sealed' } } });
  const again = await send(`batch=feed&${SHAPE}`, 'text/csv', feed);
  expect(again).toMatchObject({ status: 202, told: { accepted: 0, existing: 2 } });
  const record = await stack.records.read(idOf('b', 'feed' as BatchName));
  expect(record?.request).toMatchObject({
    source: 'https://pictures.example/b.jpg',
    parameters: { output_ratio: '16:9', add_watermark: false },
  });
  const wrong = await send('batch=feed&map=sorce=Bild', 'text/csv', feed);
  expect([wrong.status, wrong.told.detail]).toEqual([422, expect.stringContaining('source')]);
  await server.program.kill('SIGTERM');
});

it('a manifest that lies in a bucket, packed, or all pictures below a prefix, is a batch by its address alone', async () => {
  const { stack, server, send, put } = await scene();
  await put('feeds/today.csv.gz', gzipSync(named(['a', 'b', 'c'])));
  await put('photos/1.jpg', 'a picture');
  await put('photos/notes.txt', 'no picture');
  const at = `s3://${stack.bucket.bucket}`;
  const json = (query: string, body: object) => send(query, 'application/json', JSON.stringify(body));
  const shaped = await json('batch=today', {
    manifest: `${at}/feeds/today.csv.gz`,
    map: ['custom_id=SKU', 'source=Bild'],
    set: ['x_scale=2'],
  });
  expect(shaped).toMatchObject({ status: 202, told: { accepted: 3, batch: { name: 'today', state: 'sealed' } } });
  const listing = await json('batch=photos-of-today&set=x_scale=2', { manifest: `${at}/photos/` });
  expect(listing).toMatchObject({ status: 202, told: { accepted: 1 } });
  expect(listing.told.notes).toEqual([expect.stringContaining('1 other object below')]);
  expect((await stack.records.read(idOf('1.jpg', 'photos-of-today' as BatchName)))?.request.source).toBe(
    `${at}/photos/1.jpg`,
  );
  for (const manifest of [`${at}/feeds/none.csv`, `${at}/none/`, 'feed.csv', '/etc/passwd'])
    expect(await json('batch=none', { manifest })).toMatchObject({ status: 422 });
  expect(await stack.batches.read('none' as BatchName)).toBeNull();
  await server.program.kill('SIGTERM');
});

it('a token with a batch prefix cannot read a bucket by naming a manifest in it', async () => {
  const { createHash } = await import('node:crypto');
  const stack = await startStack();
  const secret = 'a-token-of-thirty-two-characters';
  const hash = createHash('sha256').update(secret).digest('hex');
  const server = await startServer(stack, { OUTPAINT_API_TOKENS: `shop:enqueue:shop-:${hash}` });
  const answer = await fetch(`${server.address}/v1/batches?batch=shop-1`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
    body: JSON.stringify({ manifest: `s3://${stack.bucket.bucket}/of-others.csv` }),
  });
  expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([403, 'scope_missing']);
  await server.program.kill('SIGTERM');
});

it('a batch that services add to ends when nobody has added for a while, and a row that comes later reopens it', async () => {
  const { stack, server, send } = await scene();
  const row = (custom_id: string) =>
    JSON.stringify([{ custom_id, source: stack.sandbox.pictureUrl(`${custom_id}.jpg`), parameters: { x_scale: 2 } }]);
  const name = 'added-to' as BatchName;
  expect(await send('batch=added-to&open=true', 'application/json', row('a'))).toMatchObject({
    told: { batch: { state: 'open' } },
  });
  const patient = await stack.startWorker({ env: { BATCH_IDLE_MS: '3600000' } });
  await stack.waitForBatch(name, 'delivered', ({ counts }) => counts.delivered === 1);
  expect((await stack.batch(name)).state).toBe('open');
  await patient.kill('SIGTERM');
  const worker = await stack.startWorker({ env: { BATCH_IDLE_MS: '100' } });
  await worker.waitForLine(/batch sealed: no rows came for a while/);
  expect(await stack.waitUntilFinished(name)).toMatchObject({ rows: 1, counts: { delivered: 1 } });
  await send('batch=added-to&open=true', 'application/json', row('b'));
  expect(await stack.waitForBatch(name, 'finished again', (b) => b.state === 'finished' && b.rows === 2)).toMatchObject(
    {
      counts: { delivered: 2 },
    },
  );
  expect(stack.sandbox.ledger.billed()).toBe(2);
  await Promise.all([worker.kill('SIGTERM'), server.program.kill('SIGTERM')]);
});
