// The one error class: a stable code to match on, the facts, and the cause.

/**
 * An error with a stable `code`. Match on `code`, never on `message` or on the class:
 * a duplicate copy of this package would break `instanceof`, a reworded message would break a match on text.
 * `facts` hold plain values for logs and letters, never a secret.
 */
export class OutpaintError extends Error {
  readonly code: string;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: { facts?: Record<string, unknown>; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'OutpaintError';
    this.code = code;
    this.facts = Object.freeze({ ...options.facts });
  }
}

/** The code of any thrown value: ours, Node's (`ECONNRESET`), or `unknown`. */
export const codeOf = (error: unknown): string => {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code;
  return 'unknown';
};
