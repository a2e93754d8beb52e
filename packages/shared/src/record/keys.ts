// Every Redis key of ours outside BullMQ, in one place.
import type { BatchName, ExpansionId } from '../contract/ids.ts';
import type { Status } from '../lifecycle/status.ts';
import type { DurationKind } from '../lifecycle/task-duration.ts';

/**
 * All keys of an installation share one hash tag, `{outpaint}`: scripts stay legal on Redis Cluster
 * (one shard per installation), and several installations, or tests, share one server.
 *
 * | key              | type | holds                                                             |
 * |------------------|------|-------------------------------------------------------------------|
 * | `q:<id>`         | str  | the request, as accepted: JSON without what follows from the rest |
 * | `x:<id>`         | hash | the record; made when the row is first fed (a waiting row needs none, or its `trace` alone) |
 * | `h:<id>`         | list | its history, newest last                                          |
 * | `b:<batch>`      | hash | batch: state, settings, exact counters, money                      |
 * | `bl:<batch>`     | list | backlog: ids                                                      |
 * | `batches`        | zset | batches by time of making                                         |
 * | `open`           | zset | batches that are not sealed, by the time when rows last came      |
 * | `ready`          | zset | batches with a backlog, by virtual time (fair feed)               |
 * | `hours`          | zset | batches by the time when their hours begin or end                 |
 * | `due`            | zset | retries by due time                                               |
 * | `fed`            | set  | ids with a token in the submit queue and no licence yet           |
 * | `slots`          | zset | ids that hold one of the account's task slots, by time            |
 * | `watch`          | zset | unfinished fed ids by the time when they must have moved          |
 * | `undelivered`    | zset | generated ids by time                                             |
 * | `expiring`       | zset | generated ids by the time when half of their link's life is over  |
 * | `doubts` `held`  | zset | ids in doubt by time; those of them that wait for a person        |
 * | `t:<task>`       | str  | the row that has this task and the name of its key, for 48 h       |
 * | `released`       | zset | submits let go from doubt, by time: their tasks would be one too many |
 * | `suspects`       | hash | tasks that are probably one too many                              |
 * | `key-ids`        | hash | the account's ids of our keys, by the keys' names                  |
 * | `reconcile` `reconciling` | hash str | what the last pass found; who is making one                |
 * | `list-watcher`  | str  | which worker reads the list of tasks at work, for a moment        |
 * | `dead`           | zset | dead-lettered ids by time                                         |
 * | `dead-intake`    | zset | letters of malformed intake jobs, which have no record, by time    |
 * | `dead:<code>`    | zset | the same of one code                                              |
 * | `dead-codes`     | hash | how many of each code                                             |
 * | `e:<batch>:<status>` | zset | rows of a batch that have ended so, by time                    |
 * | `e:<batch>:dead_lettered:<code>` | zset | those of them that died of one code           |
 * | `spend`          | hash | what was spent, by hour and currency, for two months              |
 * | `session:<digest>` | str | a person's session in a browser, for a working day               |
 * | `line`           | hash | the account's line: running or halted, since when, why, next probe |
 * | `i:<digest>`     | str  | an answer kept under an Idempotency-Key, for a bounded time        |
 * | `durations:<kind>` | list | how long the latest tasks took, in ms; at most 250              |
 * | `throttle`       | hash | limits that upstream's refusals have cut: to what, when, by which code |
 * | `schedules`      | zset | names of schedules                                                |
 * | `s:` `sf:` `sz:<schedule>` | hash, hash, zset | a schedule, its firings by slot, their times       |
 * | `so` `sl:<schedule> <slot>` | zset, hash | firings that wait for somebody, and who has one now     |
 * | `pace` `qpace`   | str  | when the next submit, the next query may leave                    |
 * | `high-water`     | hash | number of licences ever granted, and when the newest was           |
 * | `marks`          | list | names of the newest licences, newest first                        |
 * | `back`           | hash | stands while this Redis has gone back in time: since when, what is unknown |
 */
export interface Keys {
  readonly prefix: string;
  /** BullMQ's `prefix` option. */
  readonly queuePrefix: string;
  readonly request: (id: ExpansionId) => string;
  readonly record: (id: ExpansionId) => string;
  readonly history: (id: ExpansionId) => string;
  readonly batch: (batch: BatchName) => string;
  readonly backlog: (batch: BatchName) => string;
  readonly batches: string;
  readonly open: string;
  readonly due: string;
  readonly fed: string;
  readonly slots: string;
  readonly watch: string;
  readonly undelivered: string;
  readonly expiring: string;
  readonly doubts: string;
  readonly held: string;
  readonly task: (taskId: string) => string;
  readonly released: string;
  readonly suspects: string;
  readonly keyIds: string;
  readonly reconcile: string;
  readonly reconciling: string;
  readonly listWatcher: string;
  readonly dead: string;
  readonly deadIntake: string;
  readonly deadOfCode: (code: string) => string;
  readonly deadCodes: string;
  readonly reports: string;
  readonly retention: string;
  readonly cancelling: string;
  readonly canceller: string;
  readonly ended: (batch: BatchName, status: Status) => string;
  readonly deadInBatch: (batch: BatchName, code: string) => string;
  readonly line: string;
  readonly durations: (kind: DurationKind) => string;
  readonly highWater: string;
  readonly back: string;
}

export const keysOf = (namespace: string): Keys => {
  const tag = `{${namespace}}`;
  const p = `${tag}:`;
  return Object.freeze({
    prefix: p,
    queuePrefix: tag,
    request: (id: ExpansionId) => `${p}q:${id}`,
    record: (id: ExpansionId) => `${p}x:${id}`,
    history: (id: ExpansionId) => `${p}h:${id}`,
    batch: (batch: BatchName) => `${p}b:${batch}`,
    backlog: (batch: BatchName) => `${p}bl:${batch}`,
    batches: `${p}batches`,
    open: `${p}open`,
    due: `${p}due`,
    fed: `${p}fed`,
    slots: `${p}slots`,
    watch: `${p}watch`,
    undelivered: `${p}undelivered`,
    expiring: `${p}expiring`,
    doubts: `${p}doubts`,
    held: `${p}held`,
    task: (taskId: string) => `${p}t:${taskId}`,
    released: `${p}released`,
    suspects: `${p}suspects`,
    keyIds: `${p}key-ids`,
    reconcile: `${p}reconcile`,
    reconciling: `${p}reconciling`,
    listWatcher: `${p}list-watcher`,
    dead: `${p}dead`,
    deadIntake: `${p}dead-intake`,
    deadOfCode: (code: string) => `${p}dead:${code}`,
    deadCodes: `${p}dead-codes`,
    reports: `${p}reports`,
    retention: `${p}retention`,
    cancelling: `${p}cancelling`,
    canceller: `${p}canceller`,
    ended: (batch: BatchName, status: Status) => `${p}e:${batch}:${status}`,
    deadInBatch: (batch: BatchName, code: string) => `${p}e:${batch}:dead_lettered:${code}`,
    line: `${p}line`,
    durations: (kind: DurationKind) => `${p}durations:${kind}`,
    highWater: `${p}high-water`,
    back: `${p}back`,
  });
};
