// What this worker remembers of its own submits, for a Redis that forgets them: bounded, newest for each row.
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import type { RememberedSubmit } from '@outpaint/shared/lifecycle/moves/submit-moves';
import { type Mark, NO_MARK } from '@outpaint/shared/record/record-store';

export interface KeptSubmit extends RememberedSubmit {
  readonly id: ExpansionId;
  /** The number of its licence; 0 where its grant had to be asked for again. */
  readonly mark: number;
}

export interface SubmitMemory {
  keep(submit: KeptSubmit): void;
  /** Those whose licence came after `mark`, and those of which nobody can say. */
  after(mark: number): KeptSubmit[];
  see(mark: Mark): void;
  /** The highest mark that this worker has seen. */
  seen(): Mark;
}

/** Some 6 MB at most; at the account's 2 submits a second nearly three hours of one worker's work. */
const SUBMITS_KEPT_MAX = 20_000;

export const createSubmitMemory = (submitsMax = SUBMITS_KEPT_MAX): SubmitMemory => {
  const submits = new Map<ExpansionId, KeptSubmit>();
  let highest = NO_MARK;
  return {
    keep: (submit) => {
      // Put in anew, so that the map's order is that of the answers.
      submits.delete(submit.id);
      submits.set(submit.id, submit);
      const oldest = submits.keys().next();
      if (submits.size > submitsMax && !oldest.done) submits.delete(oldest.value);
    },
    after: (mark) => [...submits.values()].filter((submit) => submit.mark === 0 || submit.mark > mark),
    see: (mark) => {
      if (mark.mark > highest.mark) highest = mark;
    },
    seen: () => highest,
  };
};
