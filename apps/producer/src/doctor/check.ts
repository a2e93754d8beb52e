// What a doctor says of one thing: a verdict, one sentence, and what to do about it.

export const VERDICTS = ['ok', 'warning', 'problem', 'unknown'] as const;
/** `warning`: it works and may hurt. `problem`: work stops or money is at risk. `unknown`: nobody could say. */
export type Verdict = (typeof VERDICTS)[number];

export const CHECK_PARTS = ['settings', 'redis', 'bucket', 'upstream'] as const;
export type CheckPart = (typeof CHECK_PARTS)[number];

export interface Check {
  /** Stable, `redis.persistence`: for scripts that wait for one. */
  readonly id: `${CheckPart}.${string}`;
  readonly verdict: Verdict;
  /** One sentence, without secrets. */
  readonly says: string;
  /** What to do; null when nothing is to be done. */
  readonly remedy: string | null;
}

type Id = Check['id'];

export const ok = (id: Id, says: string): Check => ({ id, verdict: 'ok', says, remedy: null });
export const warning = (id: Id, says: string, remedy: string): Check => ({ id, verdict: 'warning', says, remedy });
export const problem = (id: Id, says: string, remedy: string): Check => ({ id, verdict: 'problem', says, remedy });
export const unknown = (id: Id, says: string, remedy: string): Check => ({ id, verdict: 'unknown', says, remedy });

export const partOf = (check: Check): CheckPart => check.id.split('.', 1)[0] as CheckPart;

/** Something that was read, or why it could not be. */
export type Fact<Value> =
  | { readonly known: true; readonly value: Value }
  | { readonly known: false; readonly why: string };

export const known = <Value>(value: Value): Fact<Value> => ({ known: true, value });
export const notKnown = (why: string): Fact<never> => ({ known: false, why });
