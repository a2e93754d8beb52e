// Who may use the console: a token shown once, a cookie that no script reads, and nothing for other sites.
import { createHash } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { seriousFaults } from '../support/axe.ts';
import { BROWSER_TEST_MS, buildConsole, needsChromium, openBrowser, startServer } from '../support/browser.ts';
import { startStack } from '../support/stack.ts';

const TOKEN = 'a-token-for-this-test';
const entry = (scopes: string): string => `anna:${scopes}:shop-:${createHash('sha256').update(TOKEN).digest('hex')}`;

describe('a session', () => {
  test(
    'begins with a token only, stands for it, and ends with it',
    async () => {
      const stack = await startStack();
      const server = await startServer(stack, { OUTPAINT_API_TOKENS: entry('read+operate') });
      const session = `${server.address}/v1/session`;
      const own = { origin: server.address, 'sec-fetch-site': 'same-origin' };
      expect((await fetch(session, { method: 'POST', headers: own })).status).toBe(401);
      const foreign = { authorization: `Bearer ${TOKEN}`, origin: 'https://evil.example' };
      expect((await fetch(session, { method: 'POST', headers: foreign })).status).toBe(403);
      const begun = await fetch(session, { method: 'POST', headers: { ...own, authorization: `Bearer ${TOKEN}` } });
      expect(await begun.json()).toEqual({
        name: 'anna',
        scopes: ['read', 'operate'],
        batch_prefix: 'shop-',
        by_token: true,
      });
      const cookie = begun.headers.get('set-cookie') ?? '';
      expect(cookie).toMatch(/^outpaint_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
      const over = await fetch(session, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, origin: server.address.replace('http:', 'https:') },
      });
      expect(over.headers.get('set-cookie')).toMatch(/^__Host-outpaint_session=.*; Secure$/);

      const kept = cookie.split(';')[0] ?? '';
      const status = async (path: string, init: RequestInit) => (await fetch(`${server.address}${path}`, init)).status;
      expect(await status('/v1/batches', { headers: { cookie: kept } })).toBe(200);
      expect(await status('/v1/line/resume', { method: 'POST', headers: { cookie: kept, ...own } })).toBe(200);
      // Another site, or a page of a sister host, may hold the cookie and still change nothing.
      expect(await status('/v1/line/resume', { method: 'POST', headers: { cookie: kept } })).toBe(403);
      expect(
        await status('/v1/line/resume', { method: 'POST', headers: { cookie: kept, origin: 'https://evil.example' } }),
      ).toBe(403);
      expect(await status('/v1/batches', { headers: { cookie: kept, 'sec-fetch-site': 'cross-site' } })).toBe(403);
      expect(await stack.redis.keys(`*${kept.split('=')[1]}*`)).toEqual([]);
      expect(await status('/v1/session', { method: 'DELETE', headers: { cookie: kept, ...own } })).toBe(200);
      expect(await status('/v1/batches', { headers: { cookie: kept } })).toBe(401);
      await server.stop();
    },
    BROWSER_TEST_MS,
  );
});

describe('signing in', () => {
  beforeEach(needsChromium);

  beforeAll(buildConsole);

  test(
    'keeps the token out of addresses and stores, and shows only what it may do; nothing comes from elsewhere',
    async () => {
      const stack = await startStack();
      const server = await startServer(stack, { OUTPAINT_API_TOKENS: entry('read') });
      const { page, context, requests } = await (await openBrowser())();
      const answer = await page.goto(server.address);
      const policy = answer?.headers()['content-security-policy'] ?? '';
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      await page.getByLabel('Token').fill('wrong');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').waitFor();
      expect(await seriousFaults(page)).toEqual([]);
      await page.getByLabel('Token').fill(TOKEN);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('Nothing is at work.').waitFor();
      expect(await page.evaluate('[localStorage.length, sessionStorage.length, document.cookie]')).toEqual([0, 0, '']);
      expect((await context.cookies()).map(({ httpOnly, sameSite }) => [httpOnly, sameSite])).toEqual([
        [true, 'Strict'],
      ]);
      expect(requests.filter(({ url }) => url.includes(TOKEN) || !url.startsWith(server.address))).toEqual([]);
      await page.reload();
      await page.getByText('Nothing is at work.').waitFor();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByLabel('Token').waitFor();
      await server.stop();
    },
    BROWSER_TEST_MS,
  );
});
