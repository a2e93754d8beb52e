// Takes dead letters back to work, and says what came of it.
import { api, ask, type Schemas } from '../api/client.ts';
import { href } from '../route.ts';
import { number, t } from '../text/locale.ts';

type Answer = Schemas['RedriveAnswer'];

export interface Selection {
  readonly ids?: readonly string[];
  readonly code?: string;
  readonly batch?: string;
}

const LIMIT = 1_000;

/** All of the selection, a thousand at a time. What would be paid a second time is left unless `payAgain`. */
export const redrive = async ({ ids, code, batch }: Selection, payAgain: boolean): Promise<Answer> => {
  const body = {
    ...(ids === undefined ? {} : { ids: [...ids] }),
    ...(code === undefined ? {} : { code }),
    ...(batch === undefined ? {} : { batch }),
    pay_again: payAgain,
    limit: LIMIT,
  };
  const sum: Answer = { redriven: 0, left: 0, moved: 0, more: false, rows: [] };
  for (;;) {
    const answer = await ask(api.POST('/v1/dead-letters/redrive', { body }));
    sum.redriven += answer.redriven;
    // Those that are left are met again by each call; the last one meets them all.
    sum.left = answer.left;
    sum.moved += answer.moved;
    if (!answer.more || answer.redriven === 0) return sum;
  }
};

export const RedriveNote = ({ answer, batch }: { answer: Answer; batch: string | null }) => (
  <div role="status" class="note">
    <p>
      {t('redriven', { n: number(answer.redriven) })}
      {answer.left > 0 && `; ${t('left', { n: number(answer.left) })}`}
      {answer.moved > 0 && `; ${t('moved', { n: number(answer.moved) })}`}
    </p>
    {batch !== null && (
      <p>
        <a href={href(['batches', batch])}>{batch}</a>
      </p>
    )}
  </div>
);
