// What must hold after every step, whoever was killed and whatever came late.
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import { EDGES, STATUSES, type Status } from '@outpaint/shared/lifecycle/status';
import { promise } from './broken-promise.ts';
import {
  emptyCounts,
  type ModelBatch,
  type ModelRow,
  type ModelState,
  numberOf,
  statusOf,
} from './model/model-state.ts';
import type { Bucket } from './world/bucket.ts';
import type { Ledger } from './world/ledger.ts';
import { PRICE_MICRO } from './world/terms.ts';
import type { SimulatedQueues } from './world/token-queues.ts';

export interface Watched {
  readonly state: ModelState;
  readonly ledger: Ledger;
  readonly bucket: Bucket;
  readonly queues: SimulatedQueues;
  /** How often a person has said that a row may be paid for again. */
  readonly payAgain: Map<ExpansionId, number>;
  readonly now: () => number;
}

const rowsOf = (state: ModelState, batch: ModelBatch): ModelRow[] =>
  [...state.rows.values()].filter((row) => (row.fields.get('batch') ?? row.request.batch) === batch.name);

const reservedBy = (row: ModelRow): number => {
  const status = statusOf(row);
  if (status === 'submitting' || status === 'in_doubt') return PRICE_MICRO;
  // A redriven task was paid for, or written off, before: its second life at `submitted` reserves nothing.
  return status === 'submitted' ? numberOf(row, 'reserved') : 0;
};

const countersHold = (state: ModelState, batch: ModelBatch): void => {
  const full = emptyCounts();
  let [held, reserved] = [0, 0];
  const rows = rowsOf(state, batch);
  for (const row of rows) {
    full[statusOf(row)] += 1;
    if (statusOf(row) === 'in_doubt' && row.fields.has('held')) held += 1;
    reserved += reservedBy(row);
  }
  for (const status of STATUSES) {
    promise(
      full[status] === batch.counts[status],
      'counters equal a full count',
      () => `${batch.name} ${status}: counted ${full[status]}, kept ${batch.counts[status]}`,
    );
  }
  promise(
    rows.length === batch.rows,
    'counters equal a full count',
    () => `${batch.name} rows: ${rows.length}, kept ${batch.rows}`,
  );
  promise(held === batch.held, 'counters equal a full count', () => `${batch.name} held: ${held}, kept ${batch.held}`);
  promise(
    reserved === batch.reserved,
    'money reserved is what the licences in force hold',
    () => `${batch.name}: ${reserved}, kept ${batch.reserved}`,
  );
};

/** Every billed picture was reserved for or counted as spent, at the moment when it was billed. */
const moneyHolds = ({ state, ledger, now }: Watched, batch: ModelBatch): void => {
  let billed = 0;
  for (const row of rowsOf(state, batch)) {
    billed += ledger.ofSource(row.request.source).filter((task) => ledger.statusOf(task, now()) === 'SUCCEEDED').length;
  }
  promise(
    batch.reserved + batch.spent >= billed * PRICE_MICRO,
    'what is billed is reserved or spent',
    () => `${batch.name}: billed ${billed} pictures, reserved ${batch.reserved}, spent ${batch.spent}`,
  );
};

const placeHolds = ({ state, queues, bucket, ledger }: Watched, row: ModelRow): void => {
  const { id } = row;
  const status = statusOf(row);
  const watched = state.watch.has(id);
  const lost = (): string => `${id} is ${status} and stands nowhere`;
  if (status === 'accepted') {
    const waits = state.due.has(id) || [...state.batches.values()].some(({ backlog }) => backlog.includes(id));
    promise(waits || (state.fed.has(id) && watched), 'nothing is lost', lost);
  } else if (status === 'submitting' || status === 'submitted' || status === 'generated') {
    promise(watched, 'nothing is lost', lost);
  } else if (status === 'in_doubt') {
    promise(watched || !state.slots.has(id), 'nothing is lost', lost);
  } else if (status === 'dead_lettered') {
    const written = row.fields.get('letter') === 'written';
    promise(watched || written, 'nothing is lost', lost);
    const letter = `${id}.${numberOf(row, 'deaths')}`;
    promise(!written || queues.lettersEver.has(letter), 'a letter that is flagged was written', () => letter);
  } else if (status === 'delivered') {
    const object = bucket.objects.get(row.request.output_key);
    promise(
      object?.expansionId === id,
      'delivered means that its object stands in the bucket',
      () => `${id}: ${object?.expansionId ?? 'none'}`,
    );
    const source = object === undefined ? null : ledger.tasks.get(object.pictureOf)?.source;
    promise(source === row.request.source, 'nobody gets the picture of another', () => `${id} has that of ${source}`);
  }
  const holds = status === 'submitting' || status === 'submitted' || status === 'in_doubt';
  const isFreedDoubt = status === 'in_doubt' && !watched;
  promise(
    state.slots.has(id) === holds || isFreedDoubt,
    'slots are held by those who may have a task at work',
    () => `${id} is ${status}`,
  );
};

/** Compares each row with what it was a step ago. */
export const createRowWatch = ({ state, ledger, payAgain, now }: Watched) => {
  const before = new Map<ExpansionId, { status: Status; licence: string | undefined; tasks: number }>();
  return (): void => {
    for (const row of state.rows.values()) {
      const { id } = row;
      const was = before.get(id);
      const [status, licence] = [statusOf(row), row.fields.get('licence')];
      const tasks = ledger.ofSource(row.request.source);
      if (was !== undefined && was.status === status && was.licence === licence && was.tasks === tasks.length) continue;
      before.set(id, { status, licence, tasks: tasks.length });
      if (was === undefined) continue;
      const isStep = was.status === status || EDGES[was.status].includes(status);
      promise(isStep, 'only the moves of docs/lifecycle.md are made', () => `${id}: ${was.status} → ${status}`);
      const isNewLicence = licence !== undefined && licence !== was.licence;
      promise(
        !isNewLicence || was.status === 'accepted',
        'one licence at a time',
        () => `${id}: ${licence} while it was ${was.status}`,
      );
      // A task that FAILED is not billed; every other one is, sooner or later.
      const paid = tasks.filter((task) => ledger.statusOf(task, now()) !== 'FAILED').length;
      const allowed = 1 + (payAgain.get(id) ?? 0);
      promise(
        paid <= allowed,
        'nothing is paid for twice',
        () => `${id}: ${paid} tasks (${tasks.map((task) => task.id).join(', ')}), ${allowed} allowed`,
      );
    }
  };
};

export const checkState = (watched: Watched): void => {
  const { state, bucket } = watched;
  for (const batch of state.batches.values()) {
    countersHold(state, batch);
    moneyHolds(watched, batch);
  }
  for (const row of state.rows.values()) placeHolds(watched, row);
  for (const id of state.slots.keys())
    promise(state.rows.has(id), 'slots are held by those who may have a task at work', () => `${id} is unknown`);
  promise(bucket.overwritten.size === 0, 'an object is never replaced', () => [...bucket.overwritten].join(', '));
};

/** After the faults have ended and time has passed: everybody has ended, or is held in doubt. */
export const isAtRest = ({ state }: Watched): boolean =>
  [...state.rows.values()].every((row) => {
    const status = statusOf(row);
    if (status === 'in_doubt') return state.held.has(row.id) && !state.slots.has(row.id);
    return (
      status === 'delivered' ||
      status === 'cancelled' ||
      (status === 'dead_lettered' && row.fields.get('letter') === 'written')
    );
  });

export const checkRest = ({ state }: Watched): void => {
  promise(
    state.fed.size + state.due.size + state.slots.size + state.watch.size + state.undelivered.size === 0,
    'at rest no list keeps anybody',
    () =>
      JSON.stringify({ fed: [...state.fed], due: [...state.due], slots: [...state.slots], watch: [...state.watch] }),
  );
  for (const batch of state.batches.values()) {
    // A doubt that is not held yet keeps its batch open.
    const isOpen = batch.counts.in_doubt > batch.held;
    const is = batch.fields.get('state');
    promise(
      is === 'open' || (is === 'sealed') === isOpen,
      'a sealed batch without an unfinished row is finished',
      () => `${batch.name} is ${is}`,
    );
  }
};
