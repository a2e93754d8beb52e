// Counts and tells what reaches the stores, in the order in which it reached them.
import type { RecordStore } from '@outpaint/shared/record/record-store';
import type { SimulatedBatches } from '../model/model-batches.ts';

export interface TracedCall {
  readonly at: number;
  readonly store: 'records' | 'batches';
  readonly method: string;
  readonly args: readonly unknown[];
  readonly answer: unknown;
}

const READING = ['now', 'read', 'readMany', 'history', 'overdue'];

/** The same store; `onCall` hears of each call once it has been answered, and whether it may have changed anything. */
export const noticing = <S extends RecordStore | SimulatedBatches>(
  store: TracedCall['store'],
  inner: S,
  now: () => number,
  onCall: (call: TracedCall, mayChange: boolean) => void,
): S => {
  const methods = Object.entries(inner) as [string, (...args: unknown[]) => Promise<unknown>][];
  const wrapped = methods.map(([method, run]) => [
    method,
    async (...args: unknown[]): Promise<unknown> => {
      const at = now();
      const answer = await run(...args);
      onCall({ at, store, method, args, answer }, !READING.includes(method));
      return answer;
    },
  ]);
  return Object.fromEntries(wrapped) as S;
};
