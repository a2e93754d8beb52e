// The one logger: pino on stderr, so that stdout stays data, with every line cleaned of secrets.
import { type DestinationStream, destination, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import { redactLine } from './logger-redaction.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  /** A pino level or `silent`. */
  readonly level: string;
  readonly format: 'json' | 'pretty';
  /** Stands in every line as `name`. */
  readonly name?: string;
  /** Texts that must never be written, such as the API key, beyond what is recognised by its form. */
  readonly secrets?: readonly string[];
  /** Where finished lines go; stderr unless a test says otherwise. */
  readonly stream?: DestinationStream;
}

const STDERR = 2;

/**
 * A logger whose lines hold no secret. Writes at once and in order: what was logged before a crash is there after it.
 * Colour only for people: on a terminal, without NO_COLOR, which pino-pretty looks up itself.
 */
export const createLogger = (options: LoggerOptions): Logger => {
  const sink = options.stream ?? destination({ dest: STDERR, sync: true });
  const stream = options.format === 'pretty' ? pretty({ destination: sink, sync: true, ignore: 'pid,hostname' }) : sink;
  return pino(
    {
      level: options.level,
      ...(options.name === undefined ? {} : { name: options.name }),
      hooks: { streamWrite: (line) => redactLine(line, options.secrets) },
    },
    stream as DestinationStream,
  );
};
