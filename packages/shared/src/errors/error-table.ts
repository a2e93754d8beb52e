// Every error code of the API that we know, with what it means for the picture, for the money and for whoever reads it.
import { ACCOUNT_CODES } from './table-account.ts';
import { INPUT_CODES } from './table-input.ts';
import { SERVICE_CODES } from './table-service.ts';

/**
 * What follows from a failure.
 *
 * | class       | consequence                                                                   |
 * |-------------|-------------------------------------------------------------------------------|
 * | `permanent` | this picture cannot be made as asked: dead-letter at once                     |
 * | `source`    | the API could not fetch the picture: the same, unless `SOURCE_ATTEMPTS_MAX` > 1 |
 * | `transient` | retry with backoff, a bounded number of times                                 |
 * | `throttled` | wait; no attempt is spent                                                     |
 * | `account`   | halt the line: nothing is wrong with the picture                              |
 * | `in_doubt`  | a submit may have been accepted: never submit again before it is settled      |
 */
export const ERROR_CLASSES = ['permanent', 'source', 'transient', 'throttled', 'account', 'in_doubt'] as const;
export type ErrorClass = (typeof ERROR_CLASSES)[number];

/** One code. No field that decides anything may be left out: a new code forces a decision. */
export interface ErrorRow {
  readonly class: ErrorClass;
  /** Whether a submit that was answered with this may have created (and so billed) a task. */
  readonly created: 'no' | 'maybe';
  /** The status that usually comes with it; never what decides. */
  readonly http?: number;
  /** The message that the API documents; never matched on. */
  readonly message?: string;
  readonly meaning: string;
  readonly remedy: string;
}

/** A key that ends in `.*` stands for every code that begins so and has no row of its own. */
export const ERROR_TABLE = { ...INPUT_CODES, ...ACCOUNT_CODES, ...SERVICE_CODES } as const satisfies Record<
  string,
  ErrorRow
>;

export type KnownCode = keyof typeof ERROR_TABLE;

/** The row of one of the API's codes, by its exact name or by its family; null if we do not know it. */
export const rowOf = (code: string): ErrorRow | null => {
  if (Object.hasOwn(ERROR_TABLE, code)) return ERROR_TABLE[code as KnownCode];
  const dot = code.indexOf('.');
  const family = dot < 0 ? '' : `${code.slice(0, dot)}.*`;
  return Object.hasOwn(ERROR_TABLE, family) ? ERROR_TABLE[family as KnownCode] : null;
};
