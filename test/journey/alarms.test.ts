// Each alarm of deploy/prometheus-rules.yml is raised by what it speaks of, and what docs/operations.md says, done as it
// stands there, clears it.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { type Block, blocksOf, openDesk, type ShellAnswer } from '../support/document-desk.ts';
import { startGatedStack } from '../support/gated-store.ts';
import { dedicatedRedis } from '../support/redis-server.ts';
import { aimedAt, expectBooksBalance, handIn, namesOf, recordOf, storyOf } from '../support/row-story.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';
import { httpOf, type WorkerHttp } from '../support/worker-http.ts';

const RULES = resolve(import.meta.dirname, '../../deploy/prometheus-rules.yml');
const PORT = { WORKER_HTTP_PORT: '0' };
const EXIT_LINE_HALTED = 7;

interface Rule {
  readonly metric: string;
  readonly is: '==' | '>';
  readonly bound: number;
}

/** How long an expression must hold before the alarm is sent is Prometheus' own affair. */
const rulesOf = async (): Promise<Map<string, Rule>> => {
  const text = await readFile(RULES, 'utf8');
  const found = text.matchAll(/- alert: (\w+)\n +expr: .*?(outpaint_\w+).*?(==|>) (\d+)$/gm);
  return new Map(
    [...found].map(([, name = '', metric = '', is, bound]) => [
      name,
      { metric, is: is === '==' ? '==' : '>', bound: Number(bound) },
    ]),
  );
};

/** Of one worker, which counts the whole installation; the rows of one metric are summed, as the rules with labels do. */
const holds = async (http: WorkerHttp, { metric, is, bound }: Rule): Promise<boolean> => {
  const { series } = await http.metrics();
  const values = series.filter(({ name }) => name === metric).map(({ value }) => value);
  const value = values.reduce((sum, one) => sum + one, 0);
  return values.length > 0 && (is === '==' ? value === bound : value > bound);
};

interface Alarm {
  readonly rule: Rule;
  /** The commands under the alarm's heading, in their order. */
  readonly commands: readonly Block[];
}

const raised = (http: WorkerHttp, rule: Rule) => waitFor(`${rule.metric} to raise it`, () => holds(http, rule));
const cleared = (http: WorkerHttp, rule: Rule) =>
  waitFor(`${rule.metric} to clear`, async () => !(await holds(http, rule)));

const inTurn = async (stack: Stack, { commands }: Alarm, env: Record<string, string> = {}, from = 0, to?: number) => {
  const { sh } = await openDesk([], stack.env);
  const answers: ShellAnswer[] = [];
  for (const command of commands.slice(from, to)) answers.push(await sh(command, env));
  return answers;
};

const SCENES: Readonly<Record<string, (alarm: Alarm) => Promise<void>>> = {
  OutpaintLineHalted: async (alarm) => {
    // The next probe by itself is an hour away: what opens the line is the command.
    const stack = await startStack({ env: { ...PORT, LINE_PROBE_MS_MIN: '3600000', LINE_PROBE_MS_MAX: '3600000' } });
    stack.sandbox.change({ account: { status: 400, code: 'Arrearage', message: 'overdue payment', queries: false } });
    const worker = await stack.startWorker();
    const http = await httpOf(worker);
    await handIn(stack, namesOf('row', 3));
    await raised(http, alarm.rule);
    const [status] = await inTurn(stack, alarm, {}, 0, 1);
    expect(status).toMatchObject({ code: EXIT_LINE_HALTED, stdout: expect.stringContaining('Arrearage') });
    stack.sandbox.change({ account: 'ok' });
    const [resumed] = await inTurn(stack, alarm, {}, 1);
    expect(resumed?.code, resumed?.stderr).toBe(0);
    await cleared(http, alarm.rule);
    expect((await stack.waitUntilFinished(BATCH)).counts.delivered).toBe(3);
    await worker.kill('SIGTERM');
  },

  OutpaintRedisDown: async (alarm) => {
    const server = await dedicatedRedis();
    const stack = await startStack({ redisUrl: server.url, env: PORT });
    const worker = await stack.startWorker();
    const http = await httpOf(worker);
    await server.kill('SIGKILL');
    await raised(http, alarm.rule);
    await server.start();
    await cleared(http, alarm.rule);
    const said = await inTurn(stack, alarm);
    expect(said[0]).toMatchObject({ code: 0, stdout: expect.stringMatching(/Redis/) });
    expect(said[0]?.stdout).toMatch(/^line +running$/m);
    await handIn(stack, ['row']);
    expect((await stack.waitUntilFinished(BATCH)).counts.delivered).toBe(1);
    await worker.kill('SIGTERM');
  },

  // The rule waits for 15 minutes, this test for one second.
  OutpaintUndelivered: (alarm) => whileTheBucketRefuses({ ...alarm, rule: { ...alarm.rule, bound: 1 } }, 3_600_000),
  OutpaintExpiring: (alarm) => whileTheBucketRefuses(alarm, 40_000),

  OutpaintDoubtsHeld: async (alarm) => {
    const stack = await startStack({ env: { ...PORT, DOUBT_SETTLE_MS: '2000' } });
    const names = ['is-ours', 'is-not', 'unknown'] as const;
    for (const name of names)
      stack.sandbox.faults.add({ at: 'submit', kind: 'reset_after', source: aimedAt(name), times: 1 });
    const worker = await stack.startWorker();
    const http = await httpOf(worker);
    await handIn(stack, names);
    await raised(http, alarm.rule);
    await stack.waitForBatch(BATCH, 'all three to be held', ({ held }) => held === 3);
    const task = stack.sandbox.ledger.rows(aimedAt('is-ours'))[0]?.taskId ?? '';
    const evidence = await inTurn(stack, alarm, { ROW: `${BATCH}/is-ours` }, 0, 2);
    expect(evidence[0]).toMatchObject({ code: 6, stdout: expect.stringContaining(task) });
    expect(evidence[1], evidence[1]?.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('in_doubt') });
    for (const [i, name] of names.entries()) {
      const [decided] = await inTurn(stack, alarm, { ROW: `${BATCH}/${name}`, TASK: task }, 2 + i, 3 + i);
      expect(decided?.code, decided?.stderr).toBe(0);
    }
    await cleared(http, alarm.rule);
    const { counts } = await stack.waitForBatch(
      BATCH,
      'done',
      (batch) => batch.counts.in_doubt === 0 && batch.state === 'finished',
    );
    expect(counts).toMatchObject({ delivered: 2, dead_lettered: 1 });
    expect(await storyOf(stack, 'is-ours')).toMatchObject({ submits: 1, billed: 1, record: { taskId: task } });
    expect(await recordOf(stack, 'unknown')).toMatchObject({ deadCode: 'given_up', billed: 'maybe' });
    await worker.kill('SIGTERM');
  },

  OutpaintSuspectedDuplicates: async (alarm) => {
    const env = { ...PORT, DASHSCOPE_KEY_DEDICATED: 'true', DOUBT_SETTLE_MS: '3000' };
    const stack = await startStack({ env });
    const worker = await stack.startWorker();
    const http = await httpOf(worker);
    stack.sandbox.change({ listLagMs: 600_000 });
    stack.sandbox.faults.add({ at: 'submit', kind: 'reset_after', source: aimedAt('twice'), times: 1 });
    await handIn(stack, ['twice']);
    await waitFor('the release', async () => (await storyOf(stack, 'twice')).events.includes('released'));
    stack.sandbox.change({ listLagMs: 0 });
    await raised(http, alarm.rule);
    const task = (await storyOf(stack, 'twice')).ledger[0]?.taskId ?? '';
    const said = await inTurn(stack, alarm, { TASK: task });
    expect(said[0]?.code, said[0]?.stderr).toBe(0);
    expect(said[0]?.stdout).toContain(task);
    await cleared(http, alarm.rule);
    await stack.waitUntilFinished(BATCH);
    await worker.kill('SIGTERM');
  },

  OutpaintDeadLetters: async (alarm) => {
    const rows = alarm.rule.bound + 1;
    const stack = await startStack({ env: PORT });
    stack.sandbox.faults.add({ at: 'task', code: 'InternalError.Algo', times: 3 * rows });
    const worker = await stack.startWorker();
    const http = await httpOf(worker);
    await handIn(stack, namesOf('row', rows));
    await raised(http, alarm.rule);
    await stack.waitUntilFinished(BATCH);
    const said = await inTurn(stack, alarm, { CODE: 'InternalError.Algo' });
    expect(said.map(({ code }) => code)).toEqual([0, 0]);
    expect(said[0]?.stdout).toMatch(new RegExp(`^${rows} × InternalError\\.Algo$`, 'm'));
    await cleared(http, alarm.rule);
    expect((await stack.waitUntilFinished(BATCH)).counts).toMatchObject({ delivered: rows, dead_lettered: 0 });
    await expectBooksBalance(stack);
    await worker.kill('SIGTERM');
  },
};

const whileTheBucketRefuses = async (alarm: Alarm, resultTtlMs: number): Promise<void> => {
  const { stack, gate } = await startGatedStack({ sandbox: { resultTtlMs }, env: PORT });
  await gate.set('slow-down', 'PUT');
  const worker = await stack.startWorker();
  const http = await httpOf(worker);
  await handIn(stack, ['row']);
  await raised(http, alarm.rule);
  const [sick] = await inTurn(stack, alarm);
  expect(sick).toMatchObject({ code: 1, stdout: expect.stringMatching(/bucket/i) });
  await gate.clear();
  await cleared(http, alarm.rule);
  expect((await stack.waitUntilFinished(BATCH)).counts.delivered).toBe(1);
  const [well] = await inTurn(stack, alarm);
  expect(well?.code, well?.stdout).toBe(0);
  await worker.kill('SIGTERM');
};

it('every alarm has a heading in docs/operations.md, commands under it, and a scene here', async () => {
  const rules = [...(await rulesOf()).keys()];
  expect(rules.length).toBeGreaterThan(0);
  expect(Object.keys(SCENES).sort()).toEqual(rules.toSorted());
  const headings = new Set((await blocksOf('docs/operations.md')).map(({ under }) => under));
  for (const name of rules) expect(headings).toContain(name);
});

it.each(Object.entries(SCENES))(
  '%s is raised, and the commands of docs/operations.md clear it',
  { timeout: 180_000 },
  async (name, play) => {
    const rule = (await rulesOf()).get(name);
    if (rule === undefined) throw new Error(`no rule ${name}`);
    const commands = (await blocksOf('docs/operations.md')).filter(
      ({ info, under }) => info === 'sh' && under === name,
    );
    await play({ rule, commands });
  },
);
