// What is wrong with something a person or a service handed in: the field, what it held, what would be right, what to do.
import { nearestName } from './nearest-name.ts';

export interface Problem {
  /** Dotted name, `parameters.angle`; empty for the whole. */
  readonly field: string;
  /** What stood there, cut to a bounded size; undefined if nothing did. */
  readonly value: unknown;
  /** A clause that follows the field's name: `must be …`. */
  readonly message: string;
  readonly allowed?: string;
  readonly remedy?: string;
}

/** Something that is accepted but may not be what was meant. */
export interface Warning {
  readonly field: string;
  readonly message: string;
}

/** More problems than this are not listed: one bad caller must not fill a dead letter. */
export const PROBLEMS_MAX = 50;
const VALUE_CHARS_MAX = 200;

const cut = (text: string): string =>
  text.length <= VALUE_CHARS_MAX ? text : `${text.slice(0, VALUE_CHARS_MAX)}… (${text.length} characters)`;

/** A value that is safe to keep: short text and plain scalars as they are, all else as bounded JSON text. */
export const boundedValue = (value: unknown): unknown => {
  if (value === null || value === undefined || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'string') return cut(value);
  try {
    return cut(JSON.stringify(value) ?? typeof value);
  } catch {
    return typeof value;
  }
};

/** A problem with one field that must be something else. */
export const wrong = (field: string, value: unknown, allowed: string, remedy?: string): Problem => ({
  field,
  value: boundedValue(value),
  message: value === undefined ? `is missing; it must be ${allowed}` : `must be ${allowed}`,
  allowed,
  ...(remedy === undefined ? {} : { remedy }),
});

/** A problem with a name that nobody knows, with the nearest known one as remedy. */
export const unknownName = (prefix: string, name: string, value: unknown, known: readonly string[]): Problem => {
  const near = nearestName(name, known);
  return {
    field: `${prefix}${cut(name)}`,
    value: boundedValue(value),
    message: 'is not known',
    allowed: known.join(', '),
    remedy: near === null ? 'Leave it out.' : `Did you mean ${prefix}${near}?`,
  };
};

/** One English sentence for people; holds nothing that the problem does not hold. */
export const sentenceOf = (problem: Problem): string => {
  const subject = problem.field === '' ? 'The request' : problem.field;
  const held = problem.value === undefined ? '' : `, not ${JSON.stringify(problem.value)}`;
  const first = `${subject} ${problem.message}${problem.message.startsWith('must be') ? held : ''}.`;
  return problem.remedy === undefined ? first : `${first} ${problem.remedy}`;
};

/** The first {@link PROBLEMS_MAX} problems, and one that counts the rest. */
export const boundedProblems = (problems: readonly Problem[]): Problem[] => {
  if (problems.length <= PROBLEMS_MAX) return [...problems];
  const more = problems.length - PROBLEMS_MAX;
  return [
    ...problems.slice(0, PROBLEMS_MAX),
    { field: '', value: undefined, message: `has ${more} more problem${more === 1 ? '' : 's'}` },
  ];
};
