// What the model store holds: rows, batches and the lists they stand in, as plain data.
import type { BatchName, ExpansionId } from '@outpaint/shared/contract/ids';
import type { ExpansionRequest } from '@outpaint/shared/contract/request';
import { STATUSES, type Status } from '@outpaint/shared/lifecycle/status';
import type { HistoryEntry } from '@outpaint/shared/record/record-store';

export interface ModelRow {
  readonly id: ExpansionId;
  readonly request: ExpansionRequest;
  readonly requestText: string;
  /** The record's fields as text, by their stored names; none while the row was never fed. */
  readonly fields: Map<string, string>;
  history: HistoryEntry[];
}

export interface ModelBatch {
  readonly name: BatchName;
  /** Settings, state and times, by their stored names. */
  readonly fields: Map<string, string>;
  readonly counts: Record<Status, number>;
  rows: number;
  held: number;
  reserved: number;
  spent: number;
  backlog: ExpansionId[];
  /** Since when its report is due. */
  reportAt: number | null;
}

export type LimitName = 'rate' | 'slots';

/** What a refusal has left of a limit, and how it climbs back. */
export interface CutLimit {
  readonly to: number;
  readonly at: number;
  readonly ms: number;
  readonly full: number;
  readonly code: string;
  readonly cuts: number;
}

export interface ModelState {
  readonly rows: Map<ExpansionId, ModelRow>;
  readonly batches: Map<BatchName, ModelBatch>;
  readonly ready: Map<BatchName, number>;
  readonly fed: Set<ExpansionId>;
  readonly due: Map<ExpansionId, number>;
  readonly slots: Map<ExpansionId, number>;
  readonly watch: Map<ExpansionId, number>;
  readonly undelivered: Map<ExpansionId, number>;
  readonly doubts: Map<ExpansionId, number>;
  /** Doubts that wait for a person. */
  readonly held: Map<ExpansionId, number>;
  readonly dead: Map<ExpansionId, number>;
  /** Ended rows by `<batch>:<status>`, by time. */
  readonly ended: Map<string, Map<ExpansionId, number>>;
  /** Spent money by `<hour> <currency>`. */
  readonly spend: Map<string, number>;
  /** Paid pictures by the time from which on submitting yields to them. */
  readonly expiring: Map<ExpansionId, number>;
  /** Whose each task is that was ever recorded, and under which key it was made. */
  readonly tasks: Map<string, { id: ExpansionId; keyName: string }>;
  /** Submits that were let go from doubt, by time. */
  readonly released: Map<string, number>;
  /** How long tasks took, by kind, newest last. */
  readonly durations: Map<string, number[]>;
  readonly limits: Map<LimitName, CutLimit>;
  /** Names of the newest licences, newest first; how many there were, and when the last. */
  marks: string[];
  licences: number;
  licensedAt: number;
  /** Null while it runs. */
  line: Map<string, string> | null;
  /** When the next licence may be granted. */
  paceAt: number;
}

export const emptyState = (): ModelState => ({
  rows: new Map(),
  batches: new Map(),
  ready: new Map(),
  fed: new Set(),
  due: new Map(),
  slots: new Map(),
  watch: new Map(),
  undelivered: new Map(),
  doubts: new Map(),
  held: new Map(),
  dead: new Map(),
  ended: new Map(),
  spend: new Map(),
  expiring: new Map(),
  tasks: new Map(),
  released: new Map(),
  durations: new Map(),
  limits: new Map(),
  marks: [],
  licences: 0,
  licensedAt: 0,
  line: null,
  paceAt: 0,
});

export const emptyCounts = (): Record<Status, number> =>
  Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<Status, number>;

export const statusOf = (row: ModelRow): Status => (row.fields.get('status') ?? 'accepted') as Status;
export const numberOf = (row: ModelRow, name: string): number => Number(row.fields.get(name) ?? 0);
export const hopOf = (row: ModelRow): number => numberOf(row, 'hop');

/** The members of a list that is kept by time, earliest first; of one moment in the order of their names. */
export const inOrder = <K extends string>(times: ReadonlyMap<K, number>): [K, number][] =>
  [...times].sort(([a, at], [b, bt]) => at - bt || (a < b ? -1 : 1));

export const batchOf = (state: ModelState, name: BatchName): ModelBatch => {
  const known = state.batches.get(name);
  if (known !== undefined) return known;
  throw new Error(`the model has no batch ${name}`);
};
