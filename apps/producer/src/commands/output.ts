// How a command answers: text for people, one JSON object, or a stream of JSON lines.
import { type Command, Option } from 'commander';
import type { Terminal } from '../terminal/terminal.ts';

export interface OutputOptions {
  readonly json?: boolean;
  readonly ndjson?: boolean;
}

export interface Output {
  /** Something happened: a line of the stream, nothing in the other two forms. */
  event(name: string, fields: object): void;
  /** The command's one result. `text` is called only where people read it; an empty one means that all is said. */
  result(fields: object, text: () => string): void;
  readonly streams: boolean;
}

export const createOutput = (terminal: Terminal, { json, ndjson }: OutputOptions): Output => {
  const event = (name: string, fields: object): void => {
    if (ndjson === true) terminal.data(JSON.stringify({ event: name, ...fields }));
  };
  return {
    streams: ndjson === true,
    event,
    result: (fields, text) => {
      if (ndjson === true) event('end', fields);
      else if (json === true) terminal.data(JSON.stringify(fields, null, 2));
      else {
        const shown = text();
        if (shown !== '') terminal.data(shown);
      }
    },
  };
};

export const withJsonOption = (command: Command): Command =>
  command.option('--json', 'answer with one JSON object on stdout');

/** Of a command that does something to each of many rows: asks first, and tells of them all at once or one by one. */
export const withRowOptions = (command: Command): Command =>
  command
    .option('--yes', 'do not ask')
    .addOption(new Option('--json', 'answer with one JSON object on stdout').conflicts('ndjson'))
    .addOption(new Option('--ndjson', 'write a JSON line for each row on stdout'));
