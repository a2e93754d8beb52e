// How a batch went as bars: rows that ended in each stretch of time, and how many slots are taken while somebody looks.
import { api, ask, type Batch, type Schemas } from '../api/client.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { duration, number, t, time } from '../text/locale.ts';
import { doneOf } from './progress-bar.tsx';
import type { Sample } from './rate-of.ts';

const HEIGHT = 60;

const Bars = ({ course }: { course: Schemas['BatchCourse'] }) => {
  const { delivered, dead_lettered: dead, step_seconds: step } = course;
  const sums = delivered.map((n, i) => n + (dead[i] ?? 0));
  const most = Math.max(1, ...sums);
  const aMinute = (n: number): string => number((n * 60) / step, 1);
  const words = t('courseWords', { most: aMinute(most), step: duration(step) });
  return (
    <figure class="course">
      <svg viewBox={`0 0 ${delivered.length} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={words}>
        {delivered.map((n, i) => {
          const [good, bad] = [(n * HEIGHT) / most, ((dead[i] ?? 0) * HEIGHT) / most];
          return (
            <g key={`${course.from} ${i}`}>
              <rect class="good" x={i} y={HEIGHT - good} width="1" height={good} />
              <rect class="bad" x={i} y={HEIGHT - good - bad} width="1" height={bad} />
            </g>
          );
        })}
      </svg>
      <figcaption>
        <span>{time(course.from)}</span>
        <span>{words}</span>
      </figcaption>
    </figure>
  );
};

/** Slots that this batch has of all, from the looks since the page was opened. */
const SlotLine = ({ samples, slots }: { samples: readonly Sample[]; slots: number }) => {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || last.at === first.at) return null;
  const y = (value: number): number => HEIGHT - (Math.min(value, slots) * HEIGHT) / Math.max(1, slots);
  const points = samples.map(({ at, value }) => `${((at - first.at) * 200) / (last.at - first.at)},${y(value)}`);
  const words = t('slotsWords', { n: number(Math.min(last.value, slots)), of: number(slots) });
  return (
    <figure class="course">
      <svg viewBox={`0 0 200 ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={words}>
        <polyline points={points.join(' ')} />
      </svg>
      <figcaption>
        <span>
          {t('utilisation')}, {t('sinceOpened')}
        </span>
        <span>{words}</span>
      </figcaption>
    </figure>
  );
};

export const CourseChart = ({ batch, atWork }: { batch: Batch; atWork: readonly Sample[] }) => {
  const { data } = useLoaded(`course ${batch.name} ${doneOf(batch)}`, () =>
    ask(api.GET('/v1/batches/{batch}/course', { params: { path: { batch: batch.name } } })),
  );
  if (data === null) return null;
  return (
    <section class="courses" aria-label={t('throughput')}>
      <Bars course={data} />
      <SlotLine samples={atWork} slots={data.slots} />
    </section>
  );
};
