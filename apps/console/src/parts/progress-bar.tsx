// How far a batch is, by what has become of its rows; the same in words for those who do not see it.
import type { Batch } from '../api/client.ts';
import { number, t } from '../text/locale.ts';

/** In the order in which a row goes through them, endings first: what is done stands at the left. */
export const SHOWN = [
  'delivered',
  'dead_lettered',
  'in_doubt',
  'cancelled',
  'generated',
  'submitted',
  'submitting',
  'accepted',
] as const;

export const doneOf = ({ counts }: Batch): number =>
  (counts.delivered ?? 0) + (counts.dead_lettered ?? 0) + (counts.cancelled ?? 0);

export const ProgressBar = ({ batch }: { batch: Batch }) => {
  const present = SHOWN.filter((status) => (batch.counts[status] ?? 0) > 0);
  const words = present.map((status) => `${number(batch.counts[status] ?? 0)} ${t(status)}`).join(' · ');
  return (
    <div class="progress">
      <div class="bar" role="img" aria-label={words}>
        {present.map((status) => (
          <span
            key={status}
            class={`s-${status}`}
            style={{ flexGrow: String(batch.counts[status]) }}
            title={t(status)}
          />
        ))}
      </div>
      <small>{words}</small>
    </div>
  );
};
