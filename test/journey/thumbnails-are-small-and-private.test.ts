// A gallery sends small pictures, each once, to whoever may look now: nothing outlives the right to see it.
import { createHash } from 'node:crypto';
import type { BatchName, ExpansionId } from '@outpaint/shared/contract/ids';
import { readImage } from '@outpaint/shared/download/read-image';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BROWSER_TEST_MS, buildConsole, needsChromium, openBrowser, startServer } from '../support/browser.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { requestOf } from '../support/stores.ts';

const SPRING = 'spring' as BatchName;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const TOKENS = `anna:read::${sha256('anna-token')},other:read:other-:${sha256('other-token')}`;

const delivered = async (names: readonly string[]): Promise<{ stack: Stack; ids: readonly ExpansionId[] }> => {
  const stack = await startStack({ sandbox: { resultKind: 'extended' } });
  const source = (name: string) => stack.sandbox.pictureUrl(`${name}.jpg`, { w: 1200, h: 900 });
  const ids = await stack.accept(
    SPRING,
    names.map((name) => requestOf(name, SPRING, { source: source(name) })),
  );
  await stack.batches.seal(SPRING);
  const worker = await stack.startWorker();
  await stack.waitUntilFinished(SPRING, 180_000);
  await worker.kill('SIGTERM');
  return { stack, ids };
};

describe('a thumbnail', () => {
  test(
    'is small, is asked for again each time and then costs nothing, and is for those who may see its batch',
    async () => {
      const { stack, ids } = await delivered(['a']);
      const server = await startServer(stack, { OUTPAINT_API_TOKENS: TOKENS });
      const ask = (query: string, headers: Record<string, string> = { authorization: 'Bearer anna-token' }) =>
        fetch(`${server.address}/v1/expansions/${ids[0]}/picture?${query}`, { headers });
      const whole = Buffer.from(await (await ask('of=result')).arrayBuffer());
      const answer = await ask('of=result&size=thumbnail');
      const small = Buffer.from(await answer.arrayBuffer());
      const [was, is] = [readImage(whole), readImage(small)];
      expect([answer.headers.get('content-type'), Math.max(is.width, is.height)]).toEqual(['image/jpeg', 480]);
      expect(is.width / is.height).toBeCloseTo(was.width / was.height, 1);
      expect(small.length).toBeLessThan(whole.length / 4);
      expect(answer.headers.get('cache-control')).toBe('private, no-cache');

      const tag = answer.headers.get('etag') ?? '';
      const known = { authorization: 'Bearer anna-token', 'if-none-match': `"x", W/${tag}` };
      const again = await ask('of=result&size=thumbnail', known);
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', tag]);
      // The whole is another picture than the small one.
      expect((await ask('of=result', known)).status).toBe(200);
      const statuses = await Promise.all(
        [{}, { authorization: 'Bearer other-token' }, { 'if-none-match': tag }].map(
          async (headers) => (await ask('of=result&size=thumbnail', headers as Record<string, string>)).status,
        ),
      );
      expect(statuses).toEqual([401, 404, 401]);
      // The desk names a source by its whole address, which may be long.
      expect((await ask(`of=source&v=${'x'.repeat(2_048)}`)).status).toBe(200);
      const before = Buffer.from(await (await ask('of=source&size=thumbnail')).arrayBuffer());
      expect(Math.max(readImage(before).width, readImage(before).height)).toBe(480);
      await server.stop();
    },
    BROWSER_TEST_MS,
  );

  describe('in a browser', () => {
    beforeEach(needsChromium);

    beforeAll(buildConsole);

    test(
      'makes a gallery light, and is gone with the session',
      async () => {
        const { stack, ids } = await delivered(['a', 'b', 'c', 'd', 'e', 'f']);
        const server = await startServer(stack, { OUTPAINT_API_TOKENS: TOKENS });
        const { page } = await (await openBrowser())();
        const bytes: number[] = [];
        page.on('response', (response) => {
          if (!response.url().includes('/picture?')) return;
          void response.body().then(
            (body) => bytes.push(body.length),
            () => undefined,
          );
        });
        await page.goto(server.address);
        await page.getByLabel('Token').fill('anna-token');
        await page.getByRole('button', { name: 'Sign in' }).click();
        await page.getByRole('link', { name: 'Gallery' }).click();
        await page.getByRole('link', { name: /6 spring/ }).click();
        const loaded = `[...document.querySelectorAll('.grid img')].filter((img) => img.complete && img.naturalWidth > 0).length`;
        await expect.poll(() => page.evaluate(loaded), { timeout: 60_000 }).toBe(6);
        const records = await stack.records.readMany(ids);
        const whole = records.reduce((sum, record) => sum + (record?.objectBytes ?? 0), 0);
        await expect.poll(() => bytes.length, { timeout: 60_000 }).toBe(6);
        const sent = bytes.reduce((sum, n) => sum + n, 0);
        const { objectWidth, objectHeight } = records[0] ?? {};
        process.stdout.write(`six of ${objectWidth} × ${objectHeight}: ${sent} bytes in place of ${whole}\n`);
        expect(sent, `${sent} bytes in place of ${whole}`).toBeLessThan(whole / 4);

        const address = `${server.address}/v1/expansions/${ids[0]}/picture?of=result&size=thumbnail`;
        expect((await page.request.get(address)).status()).toBe(200);
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.getByLabel('Token').waitFor();
        expect((await page.goto(address))?.status()).toBe(401);
        await server.stop();
      },
      BROWSER_TEST_MS,
    );
  });
});
