// Holds the fault rules and says which one applies to a call now.
import { seededChance } from '../picture/seeded-chance.ts';
import { type FaultAt, type FaultByPlace, FaultRule, type FaultRuleInput } from './fault-rule.ts';

/** More would be a mistake in a test and would slow every call. */
const RULES_MAX = 10_000;

export interface FaultEntry {
  readonly id: string;
  readonly rule: FaultRule;
  /** How often it has been applied. */
  readonly applied: number;
}

export interface FaultBook {
  /** Adds rules and returns their ids, in order. Earlier rules win. Throws ZodError on a malformed rule, adding none. */
  add(...rules: readonly FaultRuleInput[]): readonly string[];
  clear(ids?: readonly string[]): void;
  entries(): readonly FaultEntry[];
  /** The first rule that applies; counts it as applied. `source` is null where a call has none. */
  take<At extends FaultAt>(at: At, source: string | null): FaultByPlace[At] | null;
}

interface Kept {
  id: string;
  rule: FaultRule;
  pattern: RegExp | null;
  skipped: number;
  applied: number;
  /** How often each source came by, for chances that do not depend on the order of sources. */
  met: Map<string, number>;
}

export function openFaultBook(seed: () => string): FaultBook {
  let kept: Kept[] = [];
  let nextId = 1;

  const applies = (entry: Kept, source: string): boolean => {
    const { rule } = entry;
    if (rule.times !== undefined && entry.applied >= rule.times) return false;
    if (rule.source !== undefined && !source.includes(rule.source)) return false;
    if (entry.pattern !== null && !entry.pattern.test(source)) return false;
    if (rule.rate < 1) {
      const nth = (entry.met.get(source) ?? 0) + 1;
      entry.met.set(source, nth);
      if (seededChance(seed(), entry.id, source, nth) >= rule.rate) return false;
    }
    if (entry.skipped < rule.skip) {
      entry.skipped += 1;
      return false;
    }
    return true;
  };

  return {
    add(...rules) {
      const added = rules.map((rule) => {
        const parsed = FaultRule.parse(rule);
        const pattern = parsed.sourcePattern === undefined ? null : new RegExp(parsed.sourcePattern, 'u');
        return { rule: parsed, pattern, skipped: 0, applied: 0, met: new Map<string, number>() };
      });
      if (kept.length + added.length > RULES_MAX) throw new RangeError(`more than ${RULES_MAX} fault rules`);
      const numbered = added.map((entry) => ({ id: `fault-${nextId++}`, ...entry }));
      kept.push(...numbered);
      return numbered.map(({ id }) => id);
    },
    clear(ids) {
      kept = ids === undefined ? [] : kept.filter(({ id }) => !ids.includes(id));
    },
    entries: () => kept.map(({ id, rule, applied }) => ({ id, rule, applied })),
    take<At extends FaultAt>(at: At, source: string | null) {
      for (const entry of kept) {
        if (entry.rule.at !== at || !applies(entry, source ?? '')) continue;
        entry.applied += 1;
        // The rule's place was compared just above, which the compiler cannot follow through the generic.
        return entry.rule as FaultByPlace[At];
      }
      return null;
    },
  };
}
