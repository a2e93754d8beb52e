// The stand-in really fetches and extends pictures, is picky about sources, and fails the task as documented.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { drawCatalogPicture } from '@outpaint/sandbox/picture/draw-catalog-picture';
import { readPicture } from '@outpaint/sandbox/picture/read-picture';
import { type Sandbox, startSandbox } from '@outpaint/sandbox/upstream/start-sandbox';
import { openTrialClient } from '@outpaint/sandbox/upstream/trial-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let sandbox: Sandbox;
let shop: Server;
let shopUrl: string;
const agents: string[] = [];

beforeAll(async () => {
  sandbox = await startSandbox({
    submitRate: 1000,
    queryRate: 100_000,
    serviceMsMedian: 1,
    serviceSigma: 0,
  });
  const picture = await drawCatalogPicture('shoe', { width: 600, height: 520 });
  shop = createServer((request, response) => {
    agents.push(request.headers['user-agent'] ?? '');
    const headers = { 'content-type': 'image/jpeg', 'content-length': String(picture.length) };
    switch (request.url) {
      case '/no-length.jpg':
        response.writeHead(200, { 'content-type': 'image/jpeg' });
        response.write(picture);
        return response.end();
      case '/no-type.jpg':
        response.writeHead(200, { 'content-length': String(picture.length) });
        return response.end(picture);
      case '/huge.jpg':
        response.writeHead(200, { ...headers, 'content-length': String(10 * 1024 * 1024 + 1) });
        return response.write(picture);
      case '/cut.jpg':
        response.writeHead(200, { ...headers, 'content-length': String(picture.length - 8000) });
        return response.end(picture.subarray(0, -8000));
      case '/text.jpg':
        response.writeHead(200, { ...headers, 'content-length': '5' });
        return response.end('hello');
      case '/silent.jpg':
        return undefined;
      case '/reset.jpg':
        return request.socket.resetAndDestroy();
      default:
        response.writeHead(200, headers);
        return response.end(picture);
    }
  });
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
  shopUrl = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await sandbox.close();
  shop.closeAllConnections();
  shop.close();
});

const endOf = async (source: string, parameters?: unknown) => {
  const client = openTrialClient(sandbox);
  return (await client.untilStatus(await client.taskFor(source, parameters), 'SUCCEEDED', 'FAILED')).body.output;
};
const pictureOf = async (source: string, parameters?: unknown) => {
  const output = await endOf(source, parameters);
  expect(output).toMatchObject({ task_status: 'SUCCEEDED' });
  const response = await fetch(String(output?.output_image_url));
  return readPicture(Buffer.from(await response.arrayBuffer()), { thorough: true });
};

describe('a result', () => {
  test.each([
    [{ output_ratio: '16:9' }, { width: 1067, height: 600 }],
    [
      { x_scale: 1.5, y_scale: 2 },
      { width: 960, height: 1200 },
    ],
    [
      { left_offset: 40, bottom_offset: 60 },
      { width: 680, height: 660 },
    ],
    [
      { angle: 90, output_ratio: '1:1' },
      { width: 640, height: 640 },
    ],
    [{ angle: 30 }, { width: 854, height: 840 }],
    [
      { angle: 270, right_offset: 100, add_watermark: false },
      { width: 700, height: 640 },
    ],
  ])('of %j on 640 by 600 is a JPEG of the expected size', async (parameters, size) => {
    const picture = await pictureOf(sandbox.pictureUrl('bottle.jpg', { w: 640, h: 600 }), parameters);
    expect(picture).toEqual({ format: 'jpeg', ...size });
  });

  test.each(['jpg', 'png', 'webp'])('can be made from a %s', async (ending) => {
    const url = sandbox.pictureUrl(`lamp.${ending}`, { w: 512, h: 512 });
    expect(await pictureOf(url, { output_ratio: '4:3' })).toMatchObject({ width: 683, height: 512 });
  });

  test('bears a mark unless told not to', async () => {
    const [plain, marked] = await Promise.all(
      [false, true].map(async (add_watermark) => {
        const output = await endOf(sandbox.pictureUrl('mug.jpg', { w: 512, h: 512 }), { x_scale: 2, add_watermark });
        return Buffer.from(await (await fetch(String(output?.output_image_url))).arrayBuffer());
      }),
    );
    expect(plain?.equals(marked ?? Buffer.alloc(0))).toBe(false);
  });

  test('is smaller than 5 MB when its size is limited', async () => {
    const url = sandbox.pictureUrl('chair.jpg', { w: 2500, h: 2500 });
    const output = await endOf(url, { x_scale: 3, y_scale: 3, limit_image_size: true });
    const response = await fetch(String(output?.output_image_url));
    expect(Number(response.headers.get('content-length'))).toBeLessThan(5 * 1024 * 1024);
    await response.body?.cancel();
  });
});

describe('a source', () => {
  test('is fetched by an agent that calls itself DashScopeUserBot', async () => {
    expect(await endOf(`${shopUrl}/good.jpg`)).toMatchObject({ task_status: 'SUCCEEDED' });
    expect(agents.at(-1)).toContain('DashScopeUserBot');
  });

  test.each(['/no-length.jpg', '/no-type.jpg', '/reset.jpg'])(
    'that answers like %s fails as InvalidParameter.FileDownload',
    async (path) => {
      const output = await endOf(`${shopUrl}${path}`);
      expect(output).toMatchObject({ code: 'InvalidParameter.FileDownload', message: 'oss download error' });
    },
  );

  test('that does not answer in time fails as InvalidParameter.FileDownload', async () => {
    sandbox.change({ sourceTimeoutMs: 100 });
    const output = await endOf(`${shopUrl}/silent.jpg`);
    sandbox.change({ sourceTimeoutMs: 30_000 });
    expect(output).toMatchObject({ code: 'InvalidParameter.FileDownload' });
  });

  test('that is not there, or nowhere, fails as InvalidParameter.FileDownload', async () => {
    for (const source of [sandbox.pictureUrl('missing.jpg'), 'http://127.0.0.1:1/x.jpg']) {
      expect(await endOf(source)).toMatchObject({ code: 'InvalidParameter.FileDownload' });
    }
  });

  test.each(['/cut.jpg', '/text.jpg'])('that holds no whole picture (%s) fails as ImageFormat', async (path) => {
    const output = await endOf(`${shopUrl}${path}`);
    expect(output).toMatchObject({ code: 'InvalidParameter.ImageFormat', message: 'read image error' });
  });

  test.each([
    { w: 511, h: 800 },
    { w: 800, h: 511 },
    { w: 4097, h: 600 },
    { w: 600, h: 4097 },
  ])('of %j pixels fails for its size', async (size) => {
    const output = await endOf(sandbox.pictureUrl('bag.jpg', size));
    const message = 'the size of input image is too small or to large';
    expect(output).toMatchObject({ code: 'InvalidParameter', message });
  });

  test('above 10 MB fails for its size', async () => {
    expect(await endOf(`${shopUrl}/huge.jpg`)).toMatchObject({ code: 'InvalidParameter' });
  });
});

describe('parameters that only the picture shows to be wrong', () => {
  const square = () => sandbox.pictureUrl('shoe.jpg', { w: 600, h: 600 });

  test.each([{ angle: 90 }, { angle: 180 }, { angle: 270 }, {}, { output_ratio: '1:1' }])(
    '%j on a square picture is accepted and fails, as no pixel is added',
    async (parameters) => {
      const output = await endOf(square(), parameters);
      expect(output).toMatchObject({ code: 'InvalidParameter', message: 'the num of pixel extension is 0' });
    },
  );

  test('offsets of three times the side or more fail, one pixel less does not', async () => {
    expect(await endOf(square(), { top_offset: 900, bottom_offset: 900 })).toMatchObject({ code: 'InvalidParameter' });
    expect(await endOf(square(), { left_offset: 1800 })).toMatchObject({ code: 'InvalidParameter' });
    expect(await endOf(square(), { left_offset: 1799 })).toMatchObject({ task_status: 'SUCCEEDED' });
  });

  test('an output above 10 MB, or longer than 1 to 4, fails as DataInspection', async () => {
    const large = sandbox.pictureUrl('shoe.jpg', { w: 2500, h: 2500 });
    const unlimited = { x_scale: 3, y_scale: 3, limit_image_size: false };
    const long = sandbox.pictureUrl('shoe.jpg', { w: 1200, h: 600 });
    for (const output of [await endOf(large, unlimited), await endOf(long, { x_scale: 3 })]) {
      expect(output).toMatchObject({
        code: 'InvalidParameter.DataInspection',
        message: 'The image size is not supported for the data inspection.',
      });
    }
  });
});
