// The whole system as a user runs it: `outpaint run` and two workers against services started apart, by the environment
// alone; 500 rows in which every kind of fault is scripted.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { expect, it, onTestFinished } from 'vitest';
import { spawnProgram } from '../support/child.ts';
import { faultsOf, faultyCatalog, ROW_KINDS } from '../support/faulty-catalog.ts';
import { startStack } from '../support/stack.ts';
import { idOf } from '../support/stores.ts';

const ROWS = 500;
const CATALOG = 'catalog' as BatchName;

interface LedgerAnswer {
  rows: { source: string | null; billed: boolean }[];
  billed: number;
  billedTwice: string[];
}

it('ends every row as its fault says, with exact counters, billed once per picture', { timeout: 300_000 }, async () => {
  const upstream = spawnProgram('packages/sandbox/src/main.ts', {
    env: {
      SANDBOX_SLOTS: '40',
      SANDBOX_SUBMIT_RATE: '100000',
      SANDBOX_QUERY_RATE: '100000',
      SANDBOX_SERVICE_MS_MEDIAN: '80',
      SANDBOX_RESULT_KIND: 'tiny',
    },
  });
  const [line] = await upstream.waitForLine(/^\{"baseUrl".*\}$/);
  const { baseUrl, controlUrl } = JSON.parse(line) as { baseUrl: string; controlUrl: string };
  const rows = faultyCatalog(ROWS);
  const added = await fetch(`${controlUrl}/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(faultsOf(rows)),
  });
  expect(added.status).toBe(200);

  const stack = await startStack({
    env: { DASHSCOPE_BASE_URL: baseUrl, UPSTREAM_SLOTS: '40', UPSTREAM_OVERHANG: '10', UNDELIVERED_MAX: '500' },
  });
  const folder = await mkdtemp(join(tmpdir(), 'outpaint-catalog-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const manifest = join(folder, 'catalog.csv');
  const csv = rows.map((row) => `${row.customId},${controlUrl}/pictures/${row.file},1.5`);
  await writeFile(manifest, `custom_id,source,x_scale\n${csv.join('\n')}\n`);

  // Held doubts keep their slots until the task deadline, so the slots are those of the doubts and of the work. What the
  // scripted throttles cut comes back as much sooner as these tasks are shorter than the API's: cut below the doubts,
  // the slots would let nothing through for minutes.
  const env = { UPSTREAM_SLOTS: '120', THROTTLE_RECOVERY_MS: '2000' };
  const workers = await Promise.all([stack.startWorker({ env }), stack.startWorker({ env })]);
  const run = spawnProgram('apps/producer/src/main.ts', { env: stack.env, args: ['run', manifest, '--json'] });
  const { code } = await run.exited;
  expect(code, run.stderr().slice(-2_000)).toBe(6);

  const batch = await stack.batch(CATALOG);
  expect(batch.counts).toEqual(await stack.countRows(CATALOG));
  const want = (status: string): number => rows.filter((row) => row.kind.status === status).length;
  const open = rows.filter((row) => row.kind.orStatus !== undefined).length;
  expect(batch.counts.delivered).toBe(want('delivered'));
  expect(batch.counts.dead_lettered + batch.counts.in_doubt).toBe(want('dead_lettered') + want('in_doubt'));
  expect(batch.counts.dead_lettered - want('dead_lettered')).toBeLessThanOrEqual(open);
  expect(batch).toMatchObject({ state: 'finished', rows: ROWS, held: batch.counts.in_doubt });

  const records = await stack.records.readMany(rows.map((row) => idOf(row.customId, CATALOG)));
  const ended = records.map((record, i) => ({
    // One of the two endings that a kind may have stands for both.
    status: record?.status === rows[i]?.kind.orStatus ? rows[i]?.kind.status : record?.status,
    code: record?.deadCode ?? record?.doubtCode ?? undefined,
  }));
  expect(ended).toEqual(rows.map(({ kind }) => ({ status: kind.status, code: kind.code })));

  const ledger = (await (await fetch(`${controlUrl}/ledger`)).json()) as LedgerAnswer;
  expect(ledger.billedTwice).toEqual([]);
  const billedPerKind = ROW_KINDS.map(
    (kind) => ledger.rows.filter((row) => row.billed && row.source?.includes(`/${kind.name}-0`)).length,
  );
  expect(billedPerKind).toEqual(ROW_KINDS.map((kind) => rows.filter((row) => row.kind === kind).length * kind.billed));

  const dead = rows.filter((row) => row.kind.status === 'dead_lettered');
  const letters = await Promise.all(dead.map((row) => stack.queues.readLetter(`${idOf(row.customId, CATALOG)}.1`)));
  expect(letters.map((letter) => letter?.code)).toEqual(dead.map((row) => row.kind.code));
  expect(await stack.keysInBucket()).toHaveLength(want('delivered'));

  // The same command again finds every row ended and pays nothing.
  const again = spawnProgram('apps/producer/src/main.ts', { env: stack.env, args: ['run', manifest, '--json'] });
  expect((await again.exited).code).toBe(6);
  const after = (await (await fetch(`${controlUrl}/ledger`)).json()) as LedgerAnswer;
  expect(after.billed).toBe(ledger.billed);

  for (const worker of workers) expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  await upstream.kill('SIGTERM');
});
