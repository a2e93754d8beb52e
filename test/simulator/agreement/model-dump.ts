// All that the model holds, in the form in which Redis would hold it.
import type { ModelBatch, ModelRow, ModelState } from '../model/model-state.ts';

export type Dump = Readonly<Record<string, unknown>>;

/** Errors are compared as data: two writers of JSON may order the fields of one differently. */
export const recordOf = (fields: Readonly<Record<string, string>>): unknown =>
  fields.errors === undefined ? fields : { ...fields, errors: JSON.parse(fields.errors) as unknown };

/** A counter that was never touched and one that came back to nothing say the same. */
export const batchWithout0 = (fields: Readonly<Record<string, string>>): unknown =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '0'));

const batchFields = (batch: ModelBatch): Record<string, string> => {
  const { rows, held, reserved, spent, counts } = batch;
  const sums = Object.entries({ rows, held, reserved, spent, ...counts }).map(([name, n]) => [name, String(n)]);
  return { ...Object.fromEntries(batch.fields), ...Object.fromEntries(sums) };
};

const times = (list: ReadonlyMap<string, number>): unknown => Object.fromEntries(list);

const deadOf = (state: ModelState): Record<string, unknown> => {
  const byCode = new Map<string, Map<string, number>>();
  const inBatch = new Map<string, Map<string, number>>();
  for (const [id, at] of state.dead) {
    const code = state.rows.get(id)?.fields.get('dead_code') ?? '';
    byCode.set(code, (byCode.get(code) ?? new Map()).set(id, at));
    const list = `e:${state.rows.get(id)?.request.batch}:dead_lettered:${code}`;
    inBatch.set(list, (inBatch.get(list) ?? new Map()).set(id, at));
  }
  const ofBatches = [...inBatch].map(([name, ids]) => [name, times(ids)]);
  if (byCode.size === 0) return {};
  const counts = [...byCode].map(([code, ids]) => [code, String(ids.size)]);
  const lists = [...byCode].map(([code, ids]) => [`dead:${code}`, times(ids)]);
  return { 'dead-codes': Object.fromEntries(counts), ...Object.fromEntries([...lists, ...ofBatches]) };
};

const rowKeys = (row: ModelRow): [string, unknown][] => [
  [`q:${row.id}`, row.requestText],
  ...(row.fields.size > 0 ? ([[`x:${row.id}`, recordOf(Object.fromEntries(row.fields))]] as [string, unknown][]) : []),
  ...(row.history.length > 0
    ? ([[`h:${row.id}`, row.history.map(({ at, event, status, detail }) => [at, event, status, detail])]] as [
        string,
        unknown,
      ][])
    : []),
];

const filled = (lists: Record<string, ReadonlyMap<string, number>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(lists).flatMap(([name, list]) => (list.size > 0 ? [[name, times(list)]] : [])));

/** Numbers are compared as numbers: Lua and JavaScript write the same fraction differently. */
export const throttleOf = (fields: Readonly<Record<string, string | number>>): unknown =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, name.endsWith('_code') ? value : Number(value)]),
  );

const limitsAndMarks = (state: ModelState): Record<string, unknown> => {
  const fields = [...state.limits].flatMap(([what, limit]) =>
    Object.entries(limit).map(([name, value]) => [`${what}_${name}`, value] as const),
  );
  const at = String(state.licensedAt);
  return {
    ...Object.fromEntries([...state.tasks].map(([task, owner]) => [`t:${task}`, `${owner.id} ${owner.keyName}`])),
    ...Object.fromEntries([...state.durations].map(([kind, all]) => [`durations:${kind}`, all.map(String)])),
    ...(fields.length === 0 ? {} : { throttle: throttleOf(Object.fromEntries(fields)) }),
    ...(state.licences === 0 ? {} : { marks: state.marks, 'high-water': { mark: String(state.licences), at } }),
  };
};

const reportsOf = (batches: readonly ModelBatch[]): ReadonlyMap<string, number> =>
  new Map(batches.flatMap(({ name, reportAt }) => (reportAt === null ? [] : [[name as string, reportAt] as const])));

export const modelDump = (state: ModelState): Dump => {
  const { released, ready, due, slots, watch, undelivered, expiring, doubts, held, dead } = state;
  const batches = [...state.batches.values()];
  const created = new Map(batches.map((batch) => [batch.name as string, Number(batch.fields.get('created_at'))]));
  return {
    ...Object.fromEntries([...state.rows.values()].flatMap(rowKeys)),
    ...Object.fromEntries(batches.map((batch) => [`b:${batch.name}`, batchWithout0(batchFields(batch))])),
    ...Object.fromEntries(
      batches.flatMap(({ name, backlog }) => (backlog.length > 0 ? [[`bl:${name}`, backlog]] : [])),
    ),
    ...filled({
      reports: reportsOf(batches),
      batches: created,
      released,
      ready,
      due,
      slots,
      watch,
      undelivered,
      expiring,
      doubts,
      held,
      dead,
    }),
    ...deadOf(state),
    ...filled(Object.fromEntries([...state.ended].map(([name, list]) => [`e:${name}`, list]))),
    ...(state.spend.size === 0
      ? {}
      : { spend: Object.fromEntries([...state.spend].map(([field, n]) => [field, String(n)])) }),
    ...limitsAndMarks(state),
    ...(state.fed.size > 0 ? { fed: [...state.fed].sort() } : {}),
    ...(state.line === null ? {} : { line: Object.fromEntries(state.line) }),
    ...(state.paceAt === 0 ? {} : { pace: String(state.paceAt) }),
  };
};
