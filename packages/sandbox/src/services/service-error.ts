// The error of the development services: a stable code, and a message that names the remedy.

/** Match on `code`; the message is for a person and names what to do. */
export class ServiceError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ServiceError';
    this.code = code;
  }
}

/** The first line of what went wrong, for one line of a log. */
export const reasonOf = (error: unknown): string =>
  ((error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '').slice(0, 300);
