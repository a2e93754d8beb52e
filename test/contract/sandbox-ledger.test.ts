// Fault rules strike where, when and as often as told, and the ledger bills only pictures that were made.
import type { FaultRuleInput } from '@outpaint/sandbox/upstream/fault-rule';
import { type Sandbox, startSandbox } from '@outpaint/sandbox/upstream/start-sandbox';
import { openTrialClient, until } from '@outpaint/sandbox/upstream/trial-client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ serviceMsMedian: 1, submitRate: 1000, queryRate: 100_000, resultKind: 'tiny' });
});
afterEach(() => sandbox.close());

const source = 'https://cdn.example.com/a.jpg';
const client = () => openTrialClient(sandbox);
const settled = () =>
  until(
    () => sandbox.ledger.rows(),
    (rows) => rows.every(({ status }) => !['PENDING', 'RUNNING'].includes(status)),
  );

describe('a rule', () => {
  test('names sources by substring or pattern, skips, and counts', async () => {
    const error = { at: 'submit', status: 500, code: 'InternalError.Algo' } as const;
    sandbox.faults.add({ ...error, source: '/sub', times: 1 }, { ...error, sourcePattern: 'p[0-9]+\\.jpg$', skip: 1 });
    const statusOf = async (path: string) => (await client().submit(`https://cdn.example.com${path}`)).status;
    expect([await statusOf('/sub/1.jpg'), await statusOf('/sub/1.jpg')]).toEqual([500, 200]);
    expect([await statusOf('/p7.jpg'), await statusOf('/p8.jpg'), await statusOf('/px.jpg')]).toEqual([200, 500, 200]);
    expect(sandbox.faults.entries().map(({ applied }) => applied)).toEqual([1, 1]);
  });

  test('with a rate strikes the same calls on every run of one seed', async () => {
    const run = async (seed: string) => {
      const one = await startSandbox({ seed, submitRate: 1000, slots: 0 });
      one.faults.add({ at: 'submit', rate: 0.5, status: 500, code: 'InternalError.Algo' });
      const statuses: number[] = [];
      for (let n = 0; n < 40; n++) {
        statuses.push((await openTrialClient(one).submit(`https://cdn.example.com/${n % 20}.jpg`)).status);
      }
      await one.close();
      return statuses;
    };
    const first = await run('a');
    expect(first.filter((status) => status === 500).length).toBeGreaterThan(8);
    expect(first.filter((status) => status === 200).length).toBeGreaterThan(8);
    expect(await run('a')).toEqual(first);
    expect(await run('b')).not.toEqual(first);
  });

  test('that is malformed is refused whole', () => {
    const wrong = [
      { at: 'submit', kind: 'explode' },
      { at: 'nowhere', kind: 'reset' },
      { at: 'submit', kind: 'slow' },
    ];
    for (const rule of wrong) {
      // The test is about what the type forbids.
      expect(() => sandbox.faults.add({ at: 'task', kind: 'never' }, rule as unknown as FaultRuleInput)).toThrow();
    }
    expect(sandbox.faults.entries()).toEqual([]);
  });
});

describe('the ledger', () => {
  test('bills each picture that was made, and says which source was billed twice', async () => {
    const other = 'https://cdn.example.com/b.jpg';
    sandbox.faults.add({ at: 'task', code: 'InternalError.Algo', source: '/b.jpg', times: 1 });
    for (const address of [source, source, other, other]) await client().taskFor(address);
    await settled();
    expect(sandbox.ledger.billedBySource()).toEqual({ [source]: 2, [other]: 1 });
    expect(sandbox.ledger.billedTwice()).toEqual([source]);
    expect(sandbox.ledger.billed()).toBe(3);
  });

  test('knows the refused attempts too, and never a key', async () => {
    await openTrialClient(sandbox, 'sk-wrong').submit(source);
    await client().submit(source, { angle: 400 });
    await client().taskFor(source);
    const rows = await settled();
    expect(rows.map(({ status, code }) => [status, code])).toEqual([
      ['REFUSED', 'InvalidApiKey'],
      ['REFUSED', 'InvalidParameter'],
      ['SUCCEEDED', null],
    ]);
    expect(sandbox.ledger.submits()).toBe(3);
    expect(JSON.stringify(rows)).not.toContain('sk-');
  });
});
