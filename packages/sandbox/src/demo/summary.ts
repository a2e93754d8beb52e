// The demo's result in few words, for the terminal and for the contact sheet. Pure.
import type { DemoOutcome } from './outcome.ts';

export interface Summary {
  readonly headline: string;
  readonly note: string;
  readonly lines: readonly (readonly [part: string, text: string])[];
}

export const summaryOf = ({ batch, ledger }: DemoOutcome): Summary => {
  const { delivered = 0, dead_lettered: dead = 0, in_doubt: doubts = 0 } = batch.counts;
  const once = ledger.billedTwice.length === 0 ? 'once each' : `${ledger.billedTwice.length} of them more than once`;
  const billed = `billed ${ledger.billed} pictures, ${once}`;
  return {
    headline: `${delivered} delivered, ${dead} dead-lettered, ${billed}`,
    note: 'before → after. the dashed line is the old picture, all around it is new.',
    lines: [
      ['rows', `${batch.rows} accepted: ${delivered} delivered, ${dead} dead-lettered, ${doubts} in doubt`],
      [
        'bill',
        `${billed}: ${batch.spent} ${batch.currency}, after ${ledger.submits} submits that made ${ledger.tasks} tasks`,
      ],
      [
        'redrive',
        'once a cause is mended: pnpm outpaint dead-letter redrive --code InternalError.FileUpload (pnpm dev keeps a stack up to try it)',
      ],
    ],
  };
};
