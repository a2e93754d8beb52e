import type { Policy } from '@outpaint/shared/lifecycle/policy';
import { describe, expect, it } from 'vitest';
import type { DeadRecord } from './dead-rows.ts';
import { planText, redrivePlan } from './redrive-plan.ts';

const POLICY = { rescueMarginMs: 1_000, deliverDeadlineMs: 1_000 } as Policy;
const record = (more: Partial<DeadRecord>) =>
  ({ status: 'dead_lettered', hop: 3, billed: 'no', taskId: null, deadCode: 'stuck', ...more }) as DeadRecord;

const textOf = (row: DeadRecord, payAgain = false): string => {
  const plan = redrivePlan(row, payAgain, POLICY);
  return plan.kind === 'goes' ? planText(plan) : `left: ${plan.reason}`;
};

describe('a redrive', () => {
  it('submits what was never billed, and says that it pays for the first time', () => {
    expect(textOf(record({}))).toBe(
      'goes on at submit, pays for one picture if it succeeds; nothing was billed so far',
    );
  });

  it('fetches a paid picture again for nothing', () => {
    expect(textOf(record({ billed: 'yes' }))).toBe('goes on at deliver, pays nothing');
  });

  it('asks again after a task that may have been billed, for nothing', () => {
    expect(textOf(record({ billed: 'maybe', taskId: 't-1' as DeadRecord['taskId'] }))).toBe(
      'goes on at poll, pays nothing',
    );
  });

  it('leaves what was paid for and is lost, unless it may pay again', () => {
    const lost = record({ billed: 'yes', deadCode: 'result_expired' });
    expect(textOf(lost)).toMatch(/^left: /);
    expect(textOf(lost, true)).toBe('goes on at submit, pays a second time');
  });

  it('never submits anew, unless it may pay again, what nobody can tell was not paid for', () => {
    const unknown = record({ billed: 'maybe', taskId: null });
    expect(textOf(unknown)).toMatch(/^left: /);
    expect(textOf(unknown, true)).toBe('goes on at submit, pays, perhaps a second time');
  });
});
