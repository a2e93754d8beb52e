// How fast something grew while this page was open, from samples of the last minutes.
import { useRef } from 'preact/hooks';

export interface Sample {
  readonly at: number;
  readonly value: number;
}

const KEPT_MS = 5 * 60_000;

/** Pure: the samples with a new one, without those that are too old. */
export const withSample = (samples: readonly Sample[], sample: Sample): Sample[] => [
  ...samples.filter(({ at }) => sample.at - at <= KEPT_MS),
  sample,
];

/** Per second; null until there are two samples some seconds apart. Pure. */
export const ratePerSecond = (samples: readonly Sample[]): number | null => {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || last.at - first.at < 2_000) return null;
  return ((last.value - first.value) * 1_000) / (last.at - first.at);
};

/** Samples of a value that changes while a page is shown; each render with another value adds one. */
export const useSamples = (key: string, value: number | null, now: number): readonly Sample[] => {
  const kept = useRef<{ key: string; samples: Sample[] }>({ key, samples: [] });
  if (kept.current.key !== key) kept.current = { key, samples: [] };
  if (value !== null && kept.current.samples.at(-1)?.at !== now)
    kept.current.samples = withSample(kept.current.samples, { at: now, value });
  return kept.current.samples;
};
