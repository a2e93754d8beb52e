// Turns the rows of a manifest into requests of one batch, and finds what is there twice.
import type { BatchName } from '@outpaint/shared/contract/ids';
import type { Problem, Warning } from '@outpaint/shared/contract/problem';
import { type ExpansionRequest, parseRequest } from '@outpaint/shared/contract/request';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import type { ManifestRow, RowOrigin } from './manifest-row.ts';
import { RowNames, type SeenBefore } from './row-names.ts';

export type CheckedRow =
  | {
      readonly line: number;
      readonly ok: true;
      readonly request: ExpansionRequest;
      readonly warnings: readonly Warning[];
    }
  | {
      readonly line: number;
      readonly ok: false;
      readonly problems: readonly Problem[];
      readonly text: string;
      readonly origin: RowOrigin;
      /** Nothing after it was read. */
      readonly endsReading: boolean;
    };

/**
 * Each row in order, as a request or with everything that is wrong with it. A name or an output key that an earlier row has
 * is refused here: two rows with one key would both be paid, and one picture would have no place.
 */
export async function* checkRows(
  rows: AsyncIterable<ManifestRow>,
  options: { readonly batch: BatchName },
): AsyncGenerator<CheckedRow> {
  const names = new RowNames();
  for await (const row of rows) {
    const { line } = row;
    if (!row.ok) {
      yield {
        line,
        ok: false,
        problems: [row.problem],
        text: row.text,
        origin: row.origin,
        endsReading: row.endsReading === true,
      };
      continue;
    }
    const parsed = parseRequest(row.value, { batch: options.batch, randomCustomId: noCustomId });
    if (!parsed.ok) {
      yield {
        line,
        ok: false,
        problems: parsed.problems,
        text: textOf(row.value),
        origin: row.origin,
        endsReading: false,
      };
      continue;
    }
    const { request, warnings } = parsed;
    const before = names.see(request, line);
    if (before !== null)
      yield {
        line,
        ok: false,
        problems: [twice(before, request)],
        text: textOf(row.value),
        origin: row.origin,
        endsReading: false,
      };
    else yield { line, ok: true, request, warnings };
  }
}

const twice = ({ field, line }: SeenBefore, request: ExpansionRequest): Problem => ({
  field,
  value: request[field],
  message: `${JSON.stringify(request[field])} is on line ${line} already`,
  remedy: 'Remove one of the two rows.',
});

const textOf = (value: Readonly<Record<string, unknown>>): string => JSON.stringify(value).slice(0, 120);

const noCustomId = (): string => {
  throw new OutpaintError('batch_name_invalid', 'Rows of a manifest belong to a batch with a name of its own.');
};
