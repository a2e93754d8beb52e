// The same request by HTTP, by the intake queue and by the CLI is the same expansion; the examples of each do what they say.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import { expect, onTestFinished, test } from 'vitest';
import { spawnProgram } from '../support/child.ts';
import { runExample } from '../support/run-example.ts';
import { startStack } from '../support/stack.ts';

test('each way gives the same record, and all three together are one expansion, paid once', async () => {
  const stack = await startStack();
  const worker = await stack.startWorker({ args: ['--stages', 'intake'] });
  const server = spawnProgram('apps/producer/src/main.ts', {
    env: { ...stack.env, HTTP_PORT: '0' },
    args: ['serve', '--no-schedules'],
  });
  const [, address = ''] = await server.waitForLine(/"address":"(http:[^"]+)"/);
  const folder = await mkdtemp(join(tmpdir(), 'outpaint-ways-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const source = stack.sandbox.pictureUrl('sku-1042.jpg');
  const recordOf = async (id: string) => {
    const record = await stack.records.read(id as ExpansionId);
    if (record === null) throw new Error(`there is no ${id}`);
    const { custom_id: _name, output_key: _key, ...request } = record.request;
    return { ...record, id: null, request };
  };

  const byQueue = await runExample('node', 'examples/queue/enqueue.ts', [source, 'by-queue'], {
    ...stack.env,
    OUTPAINT_NAMESPACE: stack.namespace,
  });
  const byHttp = await runExample('sh', 'examples/http/expand.sh', [source, 'by-http'], {
    OUTPAINT_URL: address,
    WAIT: 'no',
  });
  const manifest = join(folder, 'shop.csv');
  await writeFile(
    manifest,
    `custom_id,source,output_ratio,add_watermark\nby-cli,${source},16:9,\nby-queue,${source},16:9,false\nby-http,${source},16:9,\n`,
  );
  const cli = spawnProgram('apps/producer/src/main.ts', {
    env: stack.env,
    args: ['run', manifest, '--detach', '--json'],
  });
  expect([(await cli.exited).code, cli.stderr()]).toEqual([0, expect.stringContaining('1 row accepted')]);
  const shown = spawnProgram('apps/producer/src/main.ts', {
    env: stack.env,
    args: ['expansion', 'show', 'shop/by-cli', '--json'],
  });
  await shown.exited;
  const byCli = JSON.parse(shown.stdout()) as { id?: string; expansion?: { id: string } };
  const cliId = byCli.id ?? byCli.expansion?.id ?? '';

  const [queueRecord, httpRecord, cliRecord] = [await recordOf(byQueue), await recordOf(byHttp), await recordOf(cliId)];
  expect(httpRecord).toEqual(cliRecord);
  expect({ ...queueRecord, request: { ...queueRecord.request, parameters: httpRecord.request.parameters } }).toEqual(
    httpRecord,
  );
  expect((await stack.batch('shop' as never)).rows).toBe(3);
  await Promise.all([worker.kill('SIGTERM'), server.kill('SIGTERM')]);

  const all = await stack.startWorker();
  await stack.waitUntilFinished('shop' as never);
  expect([stack.sandbox.ledger.submits(), stack.sandbox.ledger.billed()]).toEqual([3, 3]);
  await all.kill('SIGTERM');
});
