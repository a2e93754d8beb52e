// The judge finds what is wrong with a row, a sum, a book and a key, and finds nothing where nothing is.
import type { LedgerRow } from '@outpaint/sandbox/upstream/ledger';
import { expect, test } from 'vitest';
import { judgeKeys, type KeyFacts } from './judge-keys.ts';
import { figuresOf, judgeRow, judgeSums } from './judge-rows.ts';
import type { RowFacts } from './row-facts.ts';

const entry = (more: Partial<LedgerRow> = {}): LedgerRow => ({
  taskId: 'task-1',
  requestId: 'r',
  keyId: '1',
  source: 's',
  parameters: null,
  receivedAt: 0,
  createdAt: 0,
  scheduledAt: 0,
  endedAt: 0,
  status: 'SUCCEEDED',
  code: null,
  billed: true,
  faultApplied: null,
  ...more,
});

const delivered: RowFacts = {
  name: 'row',
  moves: [],
  endings: ['delivered'],
  isHeld: false,
  object: { taskId: 'task-1', expansionId: 'x' },
  ledger: [entry()],
  explanation: null,
  story: [],
};
const refused = entry({ taskId: null, status: 'REFUSED', billed: false });
const held: RowFacts = { ...delivered, endings: [], isHeld: true, object: null, explanation: 'held: upstream_reset' };
const dead: RowFacts = { ...held, isHeld: false, endings: ['dead_lettered'], ledger: [refused], explanation: null };

test.each([
  ['a delivered row', delivered],
  ['a row whose first submit was refused', { ...delivered, ledger: [refused, entry()] }],
  ['a held doubt that was billed', held],
  ['a dead row that cost nothing', dead],
  [
    'a dead row whose letter says that it was paid',
    { ...dead, ledger: [entry()], explanation: 'dead letter: result_expired' },
  ],
])('nothing is wrong with %s', (_, row) => {
  expect(judgeRow(row).violations).toEqual([]);
  expect(judgeSums(figuresOf([row]))).toEqual([]);
});

test.each([
  ['no ending', { ...delivered, endings: [] }, ['lost', 'unexplained', 'unclaimed']],
  ['an ending without its object', { ...delivered, object: null }, ['lost', 'unexplained']],
  ['two bills', { ...delivered, ledger: [entry(), entry({ taskId: 'task-2' })] }, ['billed_twice']],
  ['two bills while it is held', { ...held, ledger: [entry(), entry()] }, ['billed_twice']],
  ['two endings of a kind', { ...delivered, endings: ['delivered', 'delivered'] }, ['two_endings']],
  ['an ending and a doubt', { ...delivered, isHeld: true }, ['two_endings']],
  ['money that nobody knows of', { ...dead, ledger: [entry()] }, ['unexplained']],
  ["another row's picture", { ...delivered, object: { taskId: 'task-9', expansionId: 'x' } }, ['swapped']],
  [
    'an object that it gave up',
    { ...dead, ledger: [entry()], object: delivered.object, explanation: 'dead letter: x' },
    ['unclaimed'],
  ],
] as const)('a row with %s is found', (_, row, violations) => {
  expect(judgeRow(row as RowFacts).violations).toEqual(violations);
});

test('sums that do not add up are found: a row without an ending, a bill too many', () => {
  expect(judgeSums(figuresOf([delivered, { ...dead, endings: [] }]))).toHaveLength(1);
  expect(judgeSums(figuresOf([delivered, { ...delivered, ledger: [entry(), entry()] }]))).toHaveLength(1);
});

const facts: KeyFacts = {
  keys: [
    'q:a',
    'x:a',
    'h:a',
    'q:b',
    'x:b',
    'b:soak',
    'batches',
    'submit:meta',
    'dead-letter:b.1',
    'dead-letter:wait',
    'dead:c',
  ],
  batches: ['soak'],
  statuses: new Map([
    ['a', 'in_doubt'],
    ['b', 'dead_lettered'],
  ]),
  letters: new Set(['b.1']),
  members: { doubts: ['a'], slots: ['a'], dead: ['b'] },
};

test('keys that all have an owner are in order', () => {
  expect(judgeKeys(facts)).toEqual([]);
});

test.each([
  ['a request of nobody', { keys: [...facts.keys, 'q:z'] }],
  ['a token that is left', { keys: [...facts.keys, 'poll:a.3'] }],
  ['a token that waits', { keys: [...facts.keys, 'deliver:wait'] }],
  ['a backlog', { keys: [...facts.keys, 'bl:soak'] }],
  ['a key of an unknown kind', { keys: [...facts.keys, 'strange'] }],
  ['a letter of nobody', { keys: [...facts.keys, 'dead-letter:a.1'] }],
  ['a letter that is missing', { keys: facts.keys.filter((key) => key !== 'dead-letter:b.1') }],
  ['a slot that is not given back', { members: { ...facts.members, slots: ['a', 'b'] } }],
  ['a row that still waits to be fed', { members: { ...facts.members, due: ['a'] } }],
  ['a dead row that is not listed', { members: { ...facts.members, dead: [] } }],
])('%s is found', (_, more) => {
  expect(judgeKeys({ ...facts, ...more })).toHaveLength(1);
});
