// docs/http.md, docs/queue-contract.md and docs/schedules.md are true: their commands and their message, as they stand there.
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { connectWorker } from '@outpaint/shared/queue/connections';
import { Queue } from 'bullmq';
import { expect, it, onTestFinished } from 'vitest';
import { type Block, blocksOf, openDesk } from '../support/document-desk.ts';
import { startServer } from '../support/http-server.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

const commandsOf = (blocks: readonly Block[]): Block[] => blocks.filter(({ info }) => info === 'sh');

it('every command of docs/http.md does what it says there', { timeout: 180_000 }, async () => {
  const stack = await startStack();
  const worker = await stack.startWorker();
  const server = await startServer(stack);
  const blocks = await blocksOf('docs/http.md');
  const { sh } = await openDesk(blocks, stack.env);
  const [expansion, batch, token] = commandsOf(blocks);
  /** The server took a port of its own; all else is as it stands in the document. */
  const run = async (block: Block | undefined): Promise<string> => {
    const text = (block?.text ?? '').replaceAll('http://127.0.0.1:8080', server.address);
    const answer = await sh({ text });
    expect(answer.code, `${text}${answer.stderr}`).toBe(0);
    return answer.stdout;
  };

  const first = await run(expansion);
  expect(first).toMatch(/^HTTP\/1\.1 202/);
  const again = await run(expansion);
  expect(again).toMatch(/^idempotent-replayed: true/m);
  const idIn = (text: string): string | undefined => /"expansion_id":"(x_[a-z2-7]{26})"/.exec(text)?.[1];
  expect(idIn(again)).toBe(idIn(first));
  expect(idIn(first)).toBeDefined();

  const followed = await run(batch);
  expect(followed).toMatch(/event: ended/);
  expect(await stack.batch('spring' as BatchName)).toMatchObject({ state: 'finished', counts: { delivered: 2 } });
  await waitFor('the single one to be paid as well', () => stack.sandbox.ledger.billed() === 3);
  expect(stack.sandbox.ledger.submits()).toBe(3);

  const shown = await sh(token ?? { text: '' });
  expect(shown.stdout).toMatch(/^op_\S+\n$/);
  expect(shown.stderr).toMatch(/OUTPAINT_API_TOKENS/);
  await server.program.kill('SIGTERM');
  await worker.kill('SIGTERM');
});

const messageIn = async (): Promise<Record<string, unknown>> => {
  const block = (await blocksOf('docs/queue-contract.md')).find(({ info }) => info === 'json');
  return JSON.parse(block?.text ?? '') as Record<string, unknown>;
};

const openIntake = (stack: Stack): Queue => {
  const connection = connectWorker(stack.env.REDIS_URL ?? '', 'test-service');
  const intake = new Queue('intake', { connection, prefix: `{${stack.namespace}}` });
  onTestFinished(async () => {
    await intake.close();
    connection.disconnect();
  });
  return intake;
};

it('the message of docs/queue-contract.md is delivered under the key that it says; a malformed one is found as it says', {
  timeout: 180_000,
}, async () => {
  const stack = await startStack();
  const worker = await stack.startWorker();
  const intake = openIntake(stack);
  const message = await messageIn();
  await intake.add('expand', message);
  await intake.add('expand', message);
  await intake.add('expand', { ...message, custom_id: 'sku-1043', source: 42 });
  const head = new HeadObjectCommand({ Bucket: stack.bucket.bucket, Key: 'shop/sku-1042.jpg' });
  const object = await waitFor('the picture', () => stack.bucket.client.send(head));
  expect(object.Metadata?.['outpaint-expansion-id']).toMatch(/^x_[a-z2-7]{26}$/);
  const { sh } = await openDesk([], stack.env);
  const letters = await waitFor('the letter', async () => {
    const answer = await sh({ text: 'outpaint dead-letter list --code request_invalid' });
    return answer.stdout.includes('source') ? answer : null;
  });
  expect(letters.code).toBe(0);
  expect(stack.sandbox.ledger.submits()).toBe(1);
  await worker.kill('SIGTERM');
});

it('every command of docs/schedules.md does what it says there', { timeout: 180_000 }, async () => {
  const stack = await startStack();
  const worker = await stack.startWorker();
  const date = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date());
  const feeds = await freshFeeds(stack, `${date}.csv`);
  const server = await startServer(stack, {}, []);
  const blocks = await blocksOf('docs/schedules.md');
  const { sh } = await openDesk(blocks, stack.env);
  const said: string[] = [];
  for (const { text } of commandsOf(blocks)) {
    // Its bucket is shared by all tests of this store, so the manifest has a name of this test's own.
    const answer = await sh({ text: text.replaceAll('s3://feeds/', feeds) });
    expect(answer.code, `${text}${answer.stderr}`).toBe(0);
    said.push(`${answer.stdout}${answer.stderr}`);
  }
  expect(said[0]?.match(/\b02:00\b/g)?.length).toBeGreaterThanOrEqual(5);
  const batch = /nightly-\d{4}-\d\d-\d\d-\d{6}/.exec(said[1] ?? '')?.[0] as BatchName;
  await waitFor('the batch to be made', () => stack.batches.read(batch));
  expect((await stack.waitUntilFinished(batch)).counts.delivered).toBe(1);
  await server.program.kill('SIGTERM');
  await worker.kill('SIGTERM');
});

/** The address of a folder with one manifest. */
const freshFeeds = async ({ bucket: { client, bucket } }: Stack, name: string): Promise<string> => {
  const Body = 'custom_id,source,x_scale\nsku-1,https://cdn.example.com/1.jpg,2\n';
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: `feeds/${name}`, Body }));
  return `s3://${bucket}/feeds/`;
};
