// What a stand-in saw of a run: how full its slots were, how often it was asked, and how late ends were noticed.
import type { Sandbox } from '@outpaint/sandbox/upstream/start-sandbox';

export interface LoadFigures {
  /** Of the slots' time, from the moment when `skipped` tasks had begun until the last row was handed over. */
  readonly utilisation: number;
  /** Submits and queries for each billed picture, from the first row on. */
  readonly allRequests: number;
  /** The same from that moment on: without the first tasks, from which it is learned how long they take. */
  readonly requests: number;
  /** How late the end of a task was seen, as a part of the mean service time; without the first `skipped`. */
  readonly lag: number;
}

export const loadFigures = (sandbox: Sandbox, slots: number, skipped: number): LoadFigures => {
  const tasks = sandbox.ledger
    .rows()
    .flatMap(({ taskId, createdAt, scheduledAt, endedAt }) =>
      scheduledAt === null || endedAt === null ? [] : [{ taskId, createdAt: createdAt ?? 0, scheduledAt, endedAt }],
    );
  const from = tasks.map(({ scheduledAt }) => scheduledAt).sort((a, b) => a - b)[skipped] ?? 0;
  const until = Math.max(...tasks.map(({ createdAt }) => createdAt));
  const busy = tasks.reduce(
    (sum, { scheduledAt, endedAt }) => sum + Math.max(0, Math.min(endedAt, until) - Math.max(scheduledAt, from)),
    0,
  );
  const seen = new Map<string, number>();
  for (const { op, taskId, at } of sandbox.log.recent()) if (op === 'get' && taskId !== null) seen.set(taskId, at);
  // The log keeps the latest requests only: a task whose looks it has forgotten tells nothing.
  const lags = tasks.slice(skipped).flatMap(({ taskId, endedAt }) => {
    const at = seen.get(taskId ?? '');
    return at === undefined || at < endedAt ? [] : [at - endedAt];
  });
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const asked = sandbox.log.recent().filter(({ op }) => op === 'submit' || op === 'get' || op === 'list');
  const later = new Set(tasks.filter(({ createdAt }) => createdAt >= from).map(({ taskId }) => taskId));
  const laterAsked = asked.filter(({ op, taskId, at }) => (op === 'get' ? later.has(taskId) : at >= from));
  return {
    utilisation: busy / (slots * (until - from)),
    requests: laterAsked.length / later.size,
    allRequests:
      (sandbox.log.count('submit') + sandbox.log.count('get') + sandbox.log.count('list')) / sandbox.ledger.billed(),
    lag: mean(lags) / mean(tasks.map(({ scheduledAt, endedAt }) => endedAt - scheduledAt)),
  };
};
