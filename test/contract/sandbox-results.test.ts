// A result's address is signed for GET only, runs out, and can go wrong in every way that a download can.
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { FaultRuleInput } from '@outpaint/sandbox/upstream/fault-rule';
import { type Sandbox, startSandbox } from '@outpaint/sandbox/upstream/start-sandbox';
import { openTrialClient } from '@outpaint/sandbox/upstream/trial-client';
import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let sandbox: Sandbox;
let url: string;
let taskId: string;
let at: number;
beforeEach(async () => {
  at = Date.UTC(2026, 2, 10, 4);
  sandbox = await startSandbox({ serviceMsMedian: 0, queryRate: 100_000, resultKind: 'tiny', now: () => at });
  const client = openTrialClient(sandbox);
  taskId = await client.taskFor('https://cdn.example.com/a.jpg');
  url = await urlOf();
});
afterEach(() => sandbox.close());

const urlOf = async () => {
  const { body } = await openTrialClient(sandbox).untilStatus(taskId, 'SUCCEEDED');
  return String(body.output?.output_image_url);
};
const fault = (rule: Record<string, unknown>) => sandbox.faults.add({ at: 'result', ...rule } as FaultRuleInput);

describe('the address of a result', () => {
  test('has the form of the real one and says when it runs out', () => {
    const { pathname, searchParams } = new URL(url);
    const uuid = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';
    expect(pathname).toMatch(
      new RegExp(`^/service_dashscope/ImageOutPainting/2026-03-10/public/${uuid}/result-${uuid}\\.jpg$`),
    );
    expect([...searchParams.keys()]).toEqual(['OSSAccessKeyId', 'Expires', 'Signature']);
    expect(Number(searchParams.get('Expires'))).toBe(at / 1000 + 3600);
  });

  test('gives the picture with the storage headers', async () => {
    const response = await fetch(url);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-length': String(bytes.length),
      'content-type': 'image/jpeg',
      etag: `"${createHash('md5').update(bytes).digest('hex').toUpperCase()}"`,
      'accept-ranges': 'bytes',
      server: 'AliyunOSS',
    });
    expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
  });

  test('refuses HEAD, as the method is part of the signature', async () => {
    const response = await fetch(url, { method: 'HEAD' });
    expect(response.status).toBe(403);
    expect(response.headers.get('content-type')).toBe('application/xml');
  });

  test.each([
    ['a changed expiry', (good: string) => good.replace(/Expires=(\d+)/, (_, n) => `Expires=${Number(n) + 60}`)],
    ['a parameter more', (good: string) => `${good}&x=1`],
    ['another order', (good: string) => good.replace(/\?(OSSAccessKeyId=[^&]*)&(Expires=\d+)/, '?$2&$1')],
    ['a re-encoded signature', (good: string) => good.replace('%3D', '=')],
    ['another picture', (good: string) => good.replace(/result-./, 'result-z')],
  ])('refuses %s', async (_name, change) => {
    expect(change(url)).not.toBe(url);
    const { statusCode, body } = await request(change(url));
    expect(statusCode).toBe(403);
    expect(await body.text()).toContain('<Code>SignatureDoesNotMatch</Code>');
  });

  test('refuses a call without a signature', async () => {
    const response = await fetch(url.split('?')[0] ?? '');
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('<Code>AccessDenied</Code>');
  });

  test('has run out after its hour, to the second', async () => {
    at += 3_599_999;
    expect((await fetch(url)).status).toBe(200);
    at += 1;
    const response = await fetch(url);
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('<Message>Request has expired.</Message>');
  });

  test('stays the same when the task is asked for again, unless re-signing is on', async () => {
    at += 3_600_000;
    expect(await urlOf()).toBe(url);
    sandbox.change({ resign: true });
    const fresh = await urlOf();
    expect(fresh).not.toBe(url);
    expect((await fetch(fresh)).status).toBe(200);
  });

  test('serves a range, and the whole for a range that cannot be served', async () => {
    const whole = Buffer.from(await (await fetch(url)).arrayBuffer());
    const part = await fetch(url, { headers: { range: 'bytes=10-19' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 10-19/${whole.length}`);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(10, 20));
    const beyond = await fetch(url, { headers: { range: `bytes=${whole.length}-` } });
    expect(beyond.status).toBe(200);
    await beyond.body?.cancel();
  });
});

describe('the faults of a result', () => {
  test('truncated promises more bytes than it sends', async () => {
    fault({ kind: 'truncated' });
    const { headers, body } = await request(url);
    expect(Number(headers['content-length'])).toBeGreaterThan(1000);
    await expect(body.arrayBuffer()).rejects.toThrow();
  });

  test('short has an honest length and half a picture', async () => {
    const whole = Number((await fetch(url)).headers.get('content-length'));
    fault({ kind: 'short' });
    expect((await (await fetch(url)).arrayBuffer()).byteLength).toBe(Math.floor(whole / 2));
  });

  test('corrupt differs from what its ETag says', async () => {
    fault({ kind: 'corrupt' });
    const response = await fetch(url);
    const md5 = createHash('md5')
      .update(Buffer.from(await response.arrayBuffer()))
      .digest('hex')
      .toUpperCase();
    expect(response.headers.get('etag')).not.toBe(`"${md5}"`);
  });

  test('not_image is a page with status 200', async () => {
    fault({ kind: 'not_image' });
    const response = await fetch(url);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('<html>');
  });

  test.each([false, true])('too_large sends as many bytes as told (chunked: %s)', async (chunked) => {
    fault({ kind: 'too_large', bytes: 300_000, chunked });
    const response = await fetch(url);
    expect(response.headers.get('content-length')).toBe(chunked ? null : '300000');
    expect((await response.arrayBuffer()).byteLength).toBe(300_000);
  });

  test('drip sends slowly, so that only a deadline ends it', async () => {
    fault({ kind: 'drip', bytesPerSecond: 50 });
    const { headers, body } = await request(url);
    const { value } = await body[Symbol.asyncIterator]().next();
    expect(Number(headers['content-length'])).toBeGreaterThan(1000);
    expect(value.length).toBeLessThan(50);
    body.destroy();
  });

  test('expired, status and redirect answer so', async () => {
    fault({ kind: 'expired', times: 1 });
    fault({ kind: 'status', status: 503, times: 1 });
    fault({ kind: 'redirect', location: 'http://127.0.0.1:1/', times: 1 });
    const statuses: number[] = [];
    for (let n = 0; n < 4; n++) {
      const response = await fetch(url, { redirect: 'manual' });
      statuses.push(response.status);
      await response.body?.cancel();
    }
    expect(statuses).toEqual([403, 503, 302, 200]);
  });

  test('gzip wraps the picture', async () => {
    fault({ kind: 'gzip' });
    const { headers, body } = await request(url);
    expect(headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(Buffer.from(await body.arrayBuffer())).subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
  });

  test.each([0, 100])('reset ends the connection after %i bytes', async (afterBytes) => {
    fault({ kind: 'reset', afterBytes });
    await expect(request(url).then(({ body }) => body.arrayBuffer())).rejects.toThrow();
  });

  test('hold keeps the download waiting until it is released', async () => {
    fault({ kind: 'hold' });
    const download = fetch(url);
    const [held] = await sandbox.holds.waitForOne({ at: 'result' });
    expect(held).toMatchObject({ at: 'result', source: 'https://cdn.example.com/a.jpg' });
    sandbox.holds.release();
    expect((await download).status).toBe(200);
  });

  test('only the named source is struck', async () => {
    fault({ kind: 'status', status: 503, source: '/b.jpg' });
    expect((await fetch(url)).status).toBe(200);
  });
});
