// Once a batch is reported and its time is over, Redis forgets its rows, and nothing is paid again for what the bucket holds.
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { reportKey } from '@outpaint/shared/contract/report';
import { expect, it } from 'vitest';
import { aimedAt, handIn, namesOf, rowOf } from '../support/row-story.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';

const keysOfRows = async ({ redis, keys }: Stack): Promise<string[]> => {
  const found: string[] = [];
  let cursor = '0';
  do {
    const [next, some] = await redis.scan(cursor, 'MATCH', `${keys.prefix}[qxhe]:*`, 'COUNT', 1_000);
    cursor = next;
    found.push(...some.map((key) => key.slice(keys.prefix.length)));
  } while (cursor !== '0');
  return [...new Set(found)].sort();
};

const reportedIds = async ({ bucket }: Stack): Promise<number> => {
  const Key = reportKey(BATCH, 'succeeded.jsonl');
  const got = await bucket.client.send(new GetObjectCommand({ Bucket: bucket.bucket, Key }));
  return ((await got.Body?.transformToString()) ?? '').split('\n').filter((line) => line !== '').length;
};

it('rows are kept until their report stands, then forgotten; a dead letter stays, and a later report still tells of all', async () => {
  const stack = await startStack({ env: { RETENTION_ROWS_MS: '0' } });
  stack.sandbox.faults.add({
    at: 'submit',
    status: 400,
    code: 'InvalidParameter.ImageContent',
    source: aimedAt('sku-0'),
    times: 1,
  });
  await handIn(stack, namesOf('sku', 30));
  const worker = await stack.startWorker();
  const first = await stack.waitForBatch(BATCH, 'forgotten', ({ expired }) => expired === 29);
  expect(first.reportedAt).not.toBeNull();
  expect(await reportedIds(stack)).toBe(29);
  const id = (await stack.redis.zrange(stack.keys.dead, '0', '-1'))[0] ?? '';
  const letters = [`e:${BATCH}:dead_lettered`, `e:${BATCH}:dead_lettered:InvalidParameter.ImageContent`];
  expect(await keysOfRows(stack)).toEqual([...letters, `h:${id}`, `q:${id}`, `x:${id}`]);

  // The same rows once more: the bucket knows them, so that nothing is paid.
  const submits = stack.sandbox.ledger.submits();
  await stack.accept(
    BATCH,
    namesOf('sku', 30)
      .slice(1)
      .map((name) => rowOf(stack, name)),
  );
  await stack.waitForBatch(BATCH, 'forgotten again', ({ expired }) => expired === 58);
  expect(stack.sandbox.ledger.submits()).toBe(submits);
  await waitFor('the report to tell of each once', async () => (await reportedIds(stack)) === 29);
  expect(await keysOfRows(stack)).toHaveLength(5);
  await worker.kill('SIGTERM');
});
