// People: they hand in rows, pause, resume, redrive, sometimes pay again, and are cut off in the middle.

import { redriveRows } from '@outpaint/producer/desk/redrive-rows';
import type { BatchName, ExpansionId } from '@outpaint/shared/contract/ids';
import type { ExpansionRequest } from '@outpaint/shared/contract/request';
import type { Chance } from '../chance.ts';
import type { Stores } from './lossy-stores.ts';
import { POLICY, PRICE_MICRO } from './terms.ts';

export const BATCHES = ['spring', 'autumn'] as BatchName[];

/** Two rows of a batch may want one output key: the second must find it taken. */
export const requestOf = (batch: BatchName, n: number): ExpansionRequest => ({
  v: 1,
  custom_id: `row-${n}` as never,
  batch,
  source: `https://pictures.example/${batch}/${n}.jpg`,
  parameters: { x_scale: 2, best_quality: false, limit_image_size: true, add_watermark: true },
  output_key: `${batch}/${n === 2 ? 1 : n}.jpg`,
});

export const importRows = async (stores: Stores, batch: BatchName, rows: number, chance: Chance): Promise<void> => {
  const limits = chance.hits(0.3) ? { budgetMicro: PRICE_MICRO * chance.int(2, rows * 2) } : {};
  const failures = chance.hits(0.3) ? { failuresMax: chance.int(1, 3) } : {};
  await stores.batches.open(batch, { ...limits, ...failures, weight: chance.int(1, 2) });
  for (let n = 0; n < rows; n += 2) {
    const chunk = [requestOf(batch, n), ...(n + 1 < rows ? [requestOf(batch, n + 1)] : [])];
    await stores.batches.accept(batch, chunk);
  }
  await stores.batches.seal(batch);
};

export interface Hand {
  readonly stores: Stores;
  readonly chance: Chance;
  readonly rows: () => ExpansionId[];
  readonly newCaller: () => string;
  /** Says before it is asked for that this row may be paid for once more. */
  readonly onPayAgain: (id: ExpansionId) => void;
  readonly importAgain: () => Promise<void>;
}

const redrive = async ({ stores, chance, rows, newCaller, onPayAgain }: Hand, payAgain: boolean): Promise<void> => {
  const ids = rows().filter(() => chance.hits(0.5));
  if (payAgain) for (const id of ids) onPayAgain(id);
  const queues = { ...stores.queues, close: async () => undefined };
  for await (const _ of redriveRows({ records: stores.records, batches: stores.batches, queues } as never, ids, {
    payAgain,
    policy: POLICY,
    newCaller,
  })) {
    // Each row has been brought back, or left.
  }
};

/** One thing that somebody does now. Rejects where a call of theirs failed. */
export const act = async (hand: Hand): Promise<void> => {
  const { stores, chance } = hand;
  const batch = chance.pick(BATCHES);
  const what = chance.int(0, 11);
  if (what <= 3) await redrive(hand, chance.hits(0.3));
  else if (what === 4) await stores.batches.pause(batch);
  else if (what <= 6) await stores.batches.resume(batch);
  else if (what === 7) await stores.batches.resumeLine();
  else if (what >= 9) await hand.importAgain();
  else if ((await stores.batches.read(batch)) !== null) {
    await stores.batches.open(batch, { budgetMicro: PRICE_MICRO * chance.int(1, 20) });
  }
};
