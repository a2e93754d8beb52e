// The bugs that have been put in to see them found, each by wrapping one part of the run.
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import { STATUSES } from '@outpaint/shared/lifecycle/status';
import type { Transition } from '@outpaint/shared/lifecycle/transition';
import type { RecordStore } from '@outpaint/shared/record/record-store';
import { batchOf, type ModelState, statusOf } from '../model/model-state.ts';
import type { PlantedBug } from './planted-bug.ts';

const without = (t: Transition, ...names: (keyof Transition)[]): Transition =>
  Object.fromEntries(Object.entries(t).filter(([name]) => !names.includes(name as keyof Transition))) as never;

/** Every move is applied in another form. */
const mutating =
  (mutate: (t: Transition) => Transition) =>
  (inner: RecordStore): RecordStore => ({
    ...inner,
    apply: (record, t, caller) => inner.apply(record, mutate(t), caller),
  });

/** Something is done to the model after a move that was applied. */
const after =
  (event: string, spoil: (state: ModelState, id: ExpansionId) => void) =>
  (inner: RecordStore, state: ModelState): RecordStore => ({
    ...inner,
    apply: async (record, t, caller) => {
      const applied = await inner.apply(record, t, caller);
      if (applied.kind === 'applied' && t.name === event) spoil(state, record.id);
      return applied;
    },
  });

let renamed = 0;

const licenceTwice = (inner: RecordStore, state: ModelState): RecordStore => ({
  ...inner,
  licence: async (record, terms, caller, seen) => {
    const answer = await inner.licence(record, terms, caller, seen);
    const row = state.rows.get(record.id);
    if (answer.kind !== 'stale' || row === undefined || statusOf(row) !== 'submitting') return answer;
    row.fields.set('licence', caller).set('caller', caller);
    return { kind: 'granted', licence: caller, at: 0, mark: 0 };
  },
});

/** The sweeper finds a licence without an answer and takes it for one that was never used. */
const releasing = (t: Transition): Transition =>
  t.name === 'doubted' && t.overdue
    ? {
        name: 'retried',
        from: t.from,
        to: 'accepted',
        ...(t.licence ? { licence: t.licence } : {}),
        overdue: true,
        unset: ['licence'],
        due_in: 1_000,
        money: 'release',
      }
    : t;

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'no compare-and-set',
    seedsMax: 20,
    breaks: ['a move is applied only to what its caller read'],
    records: mutating((t) => ({ ...without(t, 'hop', 'licence', 'overdue'), from: STATUSES })),
  },
  {
    name: 'no hop',
    seedsMax: 40,
    breaks: ['a move is applied only to what its caller read'],
    records: mutating((t) => without(t, 'hop')),
  },
  {
    name: 'no caller token',
    seedsMax: 20,
    breaks: ['a call that is sent again gets its first answer'],
    records: (inner) => ({
      ...inner,
      apply: (record, t, caller) => {
        renamed += 1;
        return inner.apply(record, t, `${caller}/${renamed}`);
      },
    }),
  },
  { name: 'licence granted twice', seedsMax: 60, breaks: ['one licence at a time'], records: licenceTwice },
  {
    name: 'a doubt released without evidence',
    seedsMax: 50,
    breaks: ['what is billed is reserved or spent', 'nothing is paid for twice'],
    records: mutating(releasing),
  },
  {
    name: 'a doubt released before its POST has arrived',
    seedsMax: 60,
    breaks: ['what is billed is reserved or spent', 'nothing is paid for twice'],
    policy: { doubtSettleMs: 500, doubtLateMs: 500 },
  },
  {
    name: 'a task adopted although the key is shared',
    seedsMax: 40,
    breaks: ['nobody gets the picture of another', 'what is billed is reserved or spent', 'nothing is paid for twice'],
    policy: { keyDedicated: true },
  },
  {
    name: 'a counter forgotten',
    seedsMax: 20,
    breaks: ['counters equal a full count'],
    records: after('generated', (state, id) => {
      const row = state.rows.get(id);
      if (row !== undefined) batchOf(state, row.request.batch).counts.generated -= 1;
    }),
  },
  {
    name: 'a slot not freed',
    seedsMax: 20,
    breaks: ['slots are held by those who may have a task at work'],
    records: after('generated', (state, id) => state.slots.set(id, 0)),
  },
  {
    name: 'the watch not set',
    seedsMax: 20,
    breaks: ['nothing is lost'],
    records: mutating((t) => (t.name === 'submitted' ? without(t, 'watch_in') : t)),
  },
  {
    name: 'a letter lost',
    seedsMax: 20,
    breaks: ['a letter that is flagged was written'],
    queues: (inner) => ({ ...inner, addLetter: async () => undefined }),
  },
  {
    name: 'a letter flagged before it is written',
    seedsMax: 20,
    breaks: ['a letter that is flagged was written'],
    records: mutating((t) => (t.name === 'dead_lettered' ? { ...t, set: { ...t.set, letter: 'written' } } : t)),
  },
  {
    name: 'the POST retried on a timeout',
    seedsMax: 20,
    breaks: ['what is billed is reserved or spent', 'nothing is paid for twice'],
    upstream: (inner) => ({
      ...inner,
      submit: async (input, o) => {
        const first = await inner.submit(input, o);
        return first.kind === 'in_doubt' ? inner.submit(input, o) : first;
      },
    }),
  },
  {
    name: 'a put without a condition',
    seedsMax: 50,
    breaks: ['an object is never replaced', 'delivered means that its object stands in the bucket'],
    conditionalPut: false,
  },
  {
    name: 'a stage that ignores status and hop',
    seedsMax: 20,
    breaks: ['a late token does nothing'],
    ignoresStatus: true,
  },
  {
    name: 'money not released',
    seedsMax: 20,
    breaks: ['money reserved is what the licences in force hold'],
    records: mutating((t) => (t.money === 'release' ? without(t, 'money') : t)),
  },
  {
    name: 'money released that may be spent',
    seedsMax: 50,
    breaks: ['what is billed is reserved or spent'],
    records: mutating((t) => (t.money === 'spend' ? { ...t, money: 'release' } : t)),
  },
];
