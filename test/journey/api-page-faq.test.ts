// The two questions of the API page's FAQ, answered by what the system does.
import { parseRequest } from '@outpaint/shared/contract/request';
import { expect, it } from 'vitest';
import { startRecordingProxy } from '../support/recording-proxy.ts';
import { expectBooksBalance, rowOf, storyOf } from '../support/row-story.ts';
import { startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';

it('the create call answers a task_id and no picture: the picture comes by polling with that task_id', async () => {
  const stack = await startStack();
  const proxy = await startRecordingProxy(stack.sandbox.baseUrl);
  const worker = await stack.startWorker({ env: { DASHSCOPE_BASE_URL: proxy.baseUrl } });
  await stack.accept(BATCH, [rowOf(stack, 'only')]);
  await stack.batches.seal(BATCH);
  await stack.waitUntilFinished(BATCH);
  const row = await storyOf(stack, 'only');
  const taskId = row.ledger[0]?.taskId;
  expect(row).toMatchObject({ submits: 1, billed: 1, record: { status: 'delivered', taskId } });
  const [created, ...asked] = proxy.requests.map(({ method, path }) => `${method} ${path}`);
  expect(created).toBe('POST /api/v1/services/aigc/image2image/out-painting');
  expect(asked.length).toBeGreaterThan(0);
  expect(new Set(asked)).toEqual(new Set([`GET /api/v1/tasks/${taskId}`]));
  await expectBooksBalance(stack);
  await worker.kill('SIGTERM');
});

it('x_scale and y_scale beside output_ratio have no effect: it is said by name, and they are not sent', async () => {
  const parameters = { output_ratio: '16:9', x_scale: 2, y_scale: 1.5 };
  const parsed = parseRequest(
    { custom_id: 'a', batch: BATCH, source: 'https://cdn.example.com/a.jpg', parameters },
    { randomCustomId: () => 'a' },
  );
  expect(parsed.ok && parsed.warnings).toEqual([
    { field: 'parameters.x_scale', message: 'has no effect, because output_ratio takes precedence; it is not sent' },
    { field: 'parameters.y_scale', message: 'has no effect, because output_ratio takes precedence; it is not sent' },
  ]);

  const stack = await startStack();
  const proxy = await startRecordingProxy(stack.sandbox.baseUrl);
  const worker = await stack.startWorker({ env: { DASHSCOPE_BASE_URL: proxy.baseUrl } });
  await stack.accept(BATCH, [rowOf(stack, 'ratio', BATCH, { parameters })]);
  await stack.batches.seal(BATCH);
  await stack.waitUntilFinished(BATCH);
  const [sent] = proxy.requests.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body));
  expect(sent.parameters).toEqual({
    output_ratio: '16:9',
    best_quality: false,
    limit_image_size: true,
    add_watermark: true,
  });
  expect(await storyOf(stack, 'ratio')).toMatchObject({ record: { status: 'delivered' }, billed: 1 });
  await worker.kill('SIGTERM');
});
