// The raw queues under /queues: operators of the whole installation see them, nobody changes them, and they show no secret.
import { createHash } from 'node:crypto';
import type { DeadLetter } from '@outpaint/shared/contract/dead-letter';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { RAW_QUEUE_NAMES } from '@outpaint/shared/queue/raw-queues';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BROWSER_TEST_MS, buildConsole, needsChromium, openBrowser, startServer } from '../support/browser.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { idOf, requestOf } from '../support/stores.ts';

const SPRING = 'spring' as BatchName;
const LETTER = `${idOf('a', SPRING)}.1`;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const TOKENS = [
  `operator:operate::${sha256('operator-token')}`,
  `reader:read+enqueue::${sha256('reader-token')}`,
  `shop:read+operate:shop-:${sha256('shop-token')}`,
].join(',');

/** A letter whose source was signed and whose error quotes a key, and a token that waits. */
const fill = async (stack: Stack): Promise<void> => {
  const id = idOf('a', SPRING);
  await stack.queues.addToken('poll', id, 1, 3_600_000);
  const request = requestOf('a', SPRING, {
    source: 'https://shop.example/a.jpg?X-Amz-Credential=AKIAQ&X-Amz-Signature=c0ffee',
  });
  await stack.queues.addLetter(LETTER, {
    v: 1,
    expansion_id: id,
    batch: SPRING,
    custom_id: request.custom_id,
    request,
    stage: 'submit',
    code: 'InvalidParameter.ImageContent',
    class: 'permanent',
    message: 'refused for Bearer sk-0123456789abcdef',
    upstream_request_id: null,
    task_id: null,
    attempts: 1,
    errors: [],
    dead_at: 1,
  } as DeadLetter);
};

/** Every call of bull-board that acts, on a queue, a job, a status that is there. */
const ACTING: readonly [string, string][] = [
  ['PUT', 'pause'],
  ['PUT', 'resume'],
  ['POST', 'poll/add'],
  ['PUT', 'dead-letter/retry/waiting'],
  ['PUT', 'poll/promote'],
  ['PUT', 'dead-letter/clean/waiting'],
  ['PUT', 'poll/pause'],
  ['PUT', 'poll/resume'],
  ['PUT', 'poll/concurrency'],
  ['PUT', 'poll/rate-limit'],
  ['PUT', 'poll/rate-limit/release'],
  ['PUT', 'poll/empty'],
  ['PUT', 'poll/obliterate'],
  ['PUT', 'schedule/job-schedulers/tick/remove'],
  ['PATCH', 'schedule/job-schedulers/tick'],
  ['PUT', 'schedule/job-schedulers/tick/run'],
  ['PUT', `dead-letter/${LETTER}/retry`],
  ['PUT', `dead-letter/${LETTER}/clean`],
  ['PUT', `poll/${idOf('a', SPRING)}.1/promote`],
  ['PATCH', `dead-letter/${LETTER}/update-data`],
  ['PATCH', `poll/${idOf('a', SPRING)}.1/delay`],
  ['PATCH', `poll/${idOf('a', SPRING)}.1/priority`],
  ['PUT', `dead-letter/${LETTER}/remove-unprocessed-children`],
  ['DELETE', 'poll'],
];

/** All that Redis has of the queues, without the streams of events. */
const everything = async (stack: Stack): Promise<Record<string, string>> => {
  const keys = await stack.redis.keys(`${stack.keys.queuePrefix}:*`);
  const named = keys.filter((key) =>
    RAW_QUEUE_NAMES.some((name) => key.startsWith(`${stack.keys.queuePrefix}:${name}:`)),
  );
  const dumps = await Promise.all(
    named.sort().map(async (key) => [key, (await stack.redis.dumpBuffer(key))?.toString('hex')]),
  );
  return Object.fromEntries(dumps);
};

describe('the raw queues', () => {
  test('are for operators of all batches, answer no call that changes something, and hide what is signed', async () => {
    const stack = await startStack();
    await fill(stack);
    const server = await startServer(stack, { OUTPAINT_API_TOKENS: TOKENS });
    const before = await everything(stack);
    expect(Object.keys(before).length).toBeGreaterThan(3);
    const ask = (path: string, name: string, init: RequestInit = {}) =>
      fetch(`${server.address}/queues${path}`, {
        ...init,
        headers: { authorization: `Bearer ${name}-token`, ...init.headers },
      });
    const paths = ['', '/queue/dead-letter', '/api/queues', `/api/queues/dead-letter/${LETTER}`, '/static/favicon.ico'];
    for (const path of paths) {
      const statuses = await Promise.all(
        ['operator', 'reader', 'shop', 'unknown'].map(async (name) => (await ask(path, name)).status),
      );
      expect([path, ...statuses]).toEqual([path, 200, 403, 403, 401]);
      expect((await fetch(`${server.address}/queues${path}`)).status).toBe(401);
    }

    const answer = await ask('/api/queues?activeQueue=dead-letter&status=latest', 'operator');
    const listed = (await answer.json()) as { queues: readonly { name: string }[] };
    expect(listed.queues.map(({ name }) => name).sort()).toEqual([...RAW_QUEUE_NAMES].sort());
    const one = await (await ask(`/api/queues/dead-letter/${LETTER}`, 'operator')).text();
    expect(JSON.parse(one).job.data.code).toBe('InvalidParameter.ImageContent');
    expect(one + JSON.stringify(listed)).not.toMatch(/c0ffee|AKIAQ|sk-0123/);
    for (const path of ['/api/redis/stats', '/api/queues/poll/workers'])
      expect([path, (await ask(path, 'operator')).status]).toEqual([path, 404]);

    for (const [method, path] of ACTING) {
      const answer = await ask(`/api/queues/${path}`, 'operator', {
        method,
        body: '{}',
        headers: { 'content-type': 'application/json' },
      });
      expect([method, path, answer.status]).toEqual([method, path, 404]);
    }
    expect(await everything(stack)).toEqual(before);
    await server.stop();
  });

  describe('in a browser', () => {
    beforeEach(needsChromium);

    beforeAll(buildConsole);

    test(
      'are reached from the console by who may, ask nothing of any other host, and break no rule of their policy',
      async () => {
        const stack = await startStack();
        await fill(stack);
        const server = await startServer(stack, { OUTPAINT_API_TOKENS: TOKENS.replace(':operate:', ':read+operate:') });
        const { page, requests, complaints } = await (await openBrowser())();
        await page.goto(server.address);
        await page.getByLabel('Token').fill('operator-token');
        await page.getByRole('button', { name: 'Sign in' }).click();
        await page.getByText('Nothing is at work.').waitFor();
        const loaded = page.waitForResponse(/\/queues$/);
        await page.getByRole('link', { name: 'Queues' }).click();
        const policy = (await loaded).headers()['content-security-policy'] ?? '';
        expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
        expect(policy).not.toMatch(/unsafe|https?:|\*/);
        const since = complaints.length;
        await page
          .getByRole('link', { name: /dead-letter/ })
          .first()
          .click();
        await page.getByText(LETTER).first().waitFor();
        expect(await page.getByRole('button', { name: /retry|clean|promote|obliterate|pause/i }).count()).toBe(0);
        expect(requests.filter(({ url }) => !url.startsWith(server.address)).map(({ url }) => url)).toEqual([]);
        expect(complaints.slice(since)).toEqual([]);
        await server.stop();
      },
      BROWSER_TEST_MS,
    );
  });
});
