// When to look at a task: looks lie densest where tasks end most often, as the durations of earlier tasks show. Pure.

/**
 * For tasks that end with hazard h(t), a cost per look and a cost per ms of seeing an end late, the density of looks
 * that costs least is proportional to √h(t): start late, look often around the usual duration, relax in the tail.
 */
export interface LookPlan {
  /** Ages in ms, each `GRID_RATIO` times the one before. */
  readonly ages: readonly number[];
  /** How many looks a task has had by each of these ages. */
  readonly looksBy: readonly number[];
}

export interface LookTerms {
  /** Queries per second that one task in flight may take of the account's quota; the plan has fewer looks where this is less. */
  readonly queriesPerSecond: number;
}

/** A task of mean duration that is seen as late as its whole duration costs as much as so many looks. */
const LOOKS_PER_MEAN = 60;
const GRID_RATIO = 1.03;
const GRID_STEPS_MAX = 600;
/** What is believed before anything is measured weighs as much as so many tasks, and stays as the tail. */
const PRIOR_WEIGHT = 4;
const PRIOR_SCALE = 0.5;
/** From a normal kernel's width to a logistic one's scale. */
const LOGISTIC = Math.sqrt(3) / Math.PI;
const SCALE_MIN = 0.03;

const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;

/** Silverman's rule on logarithms, by the smaller of two spreads, so that two heaps are not smeared into one. */
const kernelScale = (logs: readonly number[]): number => {
  const mean = logs.reduce((sum, x) => sum + x, 0) / logs.length;
  const deviation = Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / logs.length);
  const quartiles = (quantile(logs, 0.75) - quantile(logs, 0.25)) / 1.34;
  const spread = quartiles > 0 ? Math.min(deviation, quartiles) : deviation;
  return Math.max(SCALE_MIN, LOGISTIC * 0.9 * spread * logs.length ** -0.2);
};

/** The part of tasks that are still at work when x is the logarithm of their age. */
const survivalOf = (logs: readonly number[], scale: number): ((x: number) => number) => {
  const middle = quantile(logs, 0.5);
  return (x) => {
    let alive = PRIOR_WEIGHT / (1 + Math.exp((x - middle) / PRIOR_SCALE));
    for (const log of logs) alive += 1 / (1 + Math.exp((x - log) / scale));
    return alive / (PRIOR_WEIGHT + logs.length);
  };
};

/** Null where nothing is learned. Any positive durations in ms, in any order; a few hundred take a few ms. */
export const planLooks = (durationsMs: readonly number[], terms: LookTerms): LookPlan | null => {
  const logs = durationsMs
    .filter((ms) => Number.isFinite(ms) && ms >= 1)
    .map(Math.log)
    .sort((a, b) => a - b);
  if (logs.length === 0) return null;
  const mean = logs.reduce((sum, log) => sum + Math.exp(log), 0) / logs.length;
  const survival = survivalOf(logs, kernelScale(logs));
  const first = (logs[0] ?? 0) - 2;
  const step = Math.max(Math.log(GRID_RATIO), ((logs.at(-1) ?? 0) + 1 - first) / GRID_STEPS_MAX);
  const steps = Math.ceil(((logs.at(-1) ?? 0) + 1 - first) / step);

  const ages = [Math.exp(first)];
  const looksBy = [0];
  let expected = 0;
  let alive = survival(first);
  for (let i = 1; i <= steps; i += 1) {
    const age = Math.exp(first + i * step);
    const later = survival(first + i * step);
    const width = age - (ages.at(-1) ?? 0);
    // Looks in this step: √(w·h/2) of its width, where h·width is the logarithm of the part that survives it.
    const looks = Math.sqrt((LOOKS_PER_MEAN / mean / 2) * width * Math.log(alive / later));
    expected += looks * alive;
    ages.push(age);
    looksBy.push((looksBy.at(-1) ?? 0) + looks);
    alive = later;
  }
  const scale = Math.min(1, (terms.queriesPerSecond * (mean / 1_000)) / expected);
  return { ages, looksBy: looksBy.map((looks) => looks * scale) };
};

const between = (xs: readonly number[], ys: readonly number[], x: number): number => {
  let low = 0;
  let high = xs.length - 1;
  if (x <= (xs[low] ?? 0)) return ys[low] ?? 0;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((xs[middle] ?? 0) <= x) low = middle;
    else high = middle;
  }
  const [x0 = 0, x1 = 0, y0 = 0, y1 = 0] = [xs[low], xs[high], ys[low], ys[high]];
  return x1 > x0 ? y0 + ((x - x0) / (x1 - x0)) * (y1 - y0) : y1;
};

/** How long after `ageMs` the plan has its next look; Infinity where the plan has no more. Not bounded: its caller does that. */
export const plannedGapMs = (plan: LookPlan, ageMs: number): number => {
  const end = plan.looksBy.at(-1) ?? 0;
  const next = between(plan.ages, plan.looksBy, ageMs) + 1;
  return next > end ? Number.POSITIVE_INFINITY : between(plan.looksBy, plan.ages, next) - ageMs;
};
