// The desk on rows that died at each stage, without an upstream: the stores are moved as a worker would move them.
import { randomUUID } from 'node:crypto';
import type { TaskId } from '@outpaint/shared/contract/ids';
import type { Failure } from '@outpaint/shared/lifecycle/failure';
import { toDeadLettered } from '@outpaint/shared/lifecycle/moves/ending-moves';
import { toGenerated } from '@outpaint/shared/lifecycle/moves/poll-moves';
import { toSubmitted } from '@outpaint/shared/lifecycle/moves/submit-moves';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import type { Transition } from '@outpaint/shared/lifecycle/transition';
import { createTokenQueues, type TokenQueues } from '@outpaint/shared/queue/token-queues';
import { writeLetter } from '@outpaint/worker/dead-letter/write-letter';
import { inject, onTestFinished } from 'vitest';
import { type Program, spawnProgram } from './child.ts';
import { BATCH, FEED_TERMS, idOf, LICENCE_TERMS, openStores, requestOf, type TestStores } from './stores.ts';

export interface Desk extends TestStores {
  readonly queues: TokenQueues;
  /** The command line, to be waited for or killed. */
  start(...args: string[]): Program;
  outpaint(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }>;
  record(name: string): Promise<ExpansionRecord>;
  /** How many rows are dead-lettered, by the batch's counter. */
  dead(): Promise<number | undefined>;
  move(name: string, move: (record: ExpansionRecord) => Transition): Promise<void>;
}

export const openDesk = (): Desk => {
  const stores = openStores({ realTime: true });
  const queues = createTokenQueues(stores.redis, stores.keys.queuePrefix, () => undefined);
  onTestFinished(() => queues.close());
  const env = { REDIS_URL: inject('redisUrl'), OUTPAINT_NAMESPACE: stores.namespace };
  const record = async (name: string): Promise<ExpansionRecord> => {
    const found = await stores.records.read(idOf(name));
    if (found === null) throw new Error(`no record of ${name}`);
    return found;
  };
  const start: Desk['start'] = (...args) => spawnProgram('apps/producer/src/main.ts', { env, args });
  return {
    ...stores,
    queues,
    record,
    dead: async () => (await stores.batches.read(BATCH))?.counts.dead_lettered,
    start,
    outpaint: async (...args) => {
      const program = start(...args);
      const { code } = await program.exited;
      return { code, stdout: program.stdout(), stderr: program.stderr() };
    },
    move: async (name, move) => {
      const before = await record(name);
      const applied = await stores.records.apply(before, move(before), randomUUID());
      if (applied.kind !== 'applied') throw new Error(JSON.stringify(applied));
    },
  };
};

const failure = (code: string, more: Partial<Failure> = {}): Failure => ({
  code,
  class: 'permanent',
  message: `it died of ${code}`,
  ...more,
});

const WATCH_MS = 60_000;

/** Accepts a row and takes it so far that a worker holds its licence. */
const submitting = async (desk: Desk, name: string): Promise<string> => {
  await desk.batches.open(BATCH, {});
  await desk.batches.accept(BATCH, [requestOf(name)]);
  await desk.batches.feed(FEED_TERMS);
  const licence = randomUUID();
  const answer = await desk.records.licence(await desk.record(name), { ...LICENCE_TERMS, submitGapMs: 0 }, licence);
  if (answer.kind !== 'granted') throw new Error(JSON.stringify(answer));
  return licence;
};

const die = async (desk: Desk, name: string, move: (record: ExpansionRecord) => Transition): Promise<void> => {
  await desk.move(name, move);
  await writeLetter({ records: desk.records, queues: desk.queues, newCaller: randomUUID }, idOf(name));
};

export const diesAtSubmit = async (desk: Desk, name: string, code: string): Promise<void> => {
  const licence = await submitting(desk, name);
  await die(desk, name, (record) => toDeadLettered(record, 'submit', failure(code), { licence, watchMs: WATCH_MS }));
};

const submitted = async (desk: Desk, name: string): Promise<void> => {
  const licence = await submitting(desk, name);
  const taskId = `task-of-${name}` as TaskId;
  await desk.move(name, () => toSubmitted({ kind: 'submitted', licence, taskId, requestId: 'r-1' }, WATCH_MS));
};

export const diesAtPoll = async (desk: Desk, name: string, code: string): Promise<void> => {
  await submitted(desk, name);
  await die(desk, name, (record) =>
    toDeadLettered(record, 'poll', failure(code), { billed: 'maybe', watchMs: WATCH_MS }),
  );
};

export const diesAtDeliver = async (desk: Desk, name: string, code: string): Promise<void> => {
  await submitted(desk, name);
  await desk.move(name, (record) =>
    toGenerated(
      record,
      { kind: 'generated', resultUrl: 'https://r.example.com/a?Signature=secret', imageCount: 1 },
      WATCH_MS,
      { expiresAt: Date.now() + WATCH_MS, yieldAt: Date.now() + WATCH_MS },
    ),
  );
  await die(desk, name, (record) => toDeadLettered(record, 'deliver', failure(code), { watchMs: WATCH_MS }));
};
