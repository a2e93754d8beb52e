// Which dead-lettered rows a command means: ids, a filter, or all. Settled before anything moves.
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { type Command, Option } from 'commander';
import { type DeadFilter, type DeadRecord, deadRows } from '../desk/dead-rows.ts';
import type { Stores } from '../stores/open-stores.ts';
import { expansionOf } from './expansion-of.ts';
import { knownBatch } from './known-batch.ts';
import { type Moment, momentAgo, momentOption } from './moment-option.ts';

export interface FilterOptions {
  readonly code?: string;
  readonly batch?: string;
  readonly since?: Moment;
  readonly until?: Moment;
}

export interface SelectionOptions extends FilterOptions {
  readonly all?: boolean;
}

/** The ids are held: some 60 MB for a million. */
const ROWS_MAX = 1_000_000;

export const withFilterOptions = (command: Command): Command =>
  command
    .option('--code <code>', 'what died of this code, such as InvalidParameter.ImageContent')
    .option('--batch <name>', 'what belongs to this batch')
    .addOption(
      new Option('--since <time>', 'what died then or later: 2026-11-24, 2026-11-24T22:00Z, or 36h (ago)').argParser(
        momentOption,
      ),
    )
    .addOption(new Option('--until <time>', 'what died then or earlier').argParser(momentOption));

export const withSelectionOptions = (command: Command): Command =>
  withFilterOptions(command.argument('[ids...]', 'expansion ids or BATCH/CUSTOM_ID')).option('--all', 'all there are');

/** Throws `batch_unknown`, with the nearest name. Lengths of time count from Redis' now. */
export const filterOf = async (stores: Stores, options: FilterOptions): Promise<DeadFilter> => {
  const { code, batch, since, until } = options;
  if (batch !== undefined) await knownBatch(stores.batches, batch);
  const now = since === undefined && until === undefined ? 0 : await stores.records.now();
  return {
    ...(code === undefined ? {} : { code }),
    ...(batch === undefined ? {} : { batch }),
    ...(since === undefined ? {} : { since: momentAgo(since, now) }),
    ...(until === undefined ? {} : { until: momentAgo(until, now) }),
  };
};

/** `see` is given each row as it was met, where a filter or --all finds them. Throws `usage_wrong` where it is not said which rows. */
export const selectedIds = async (
  stores: Stores,
  texts: readonly string[],
  options: SelectionOptions,
  see: (record: DeadRecord) => void = () => undefined,
): Promise<readonly ExpansionId[]> => {
  const { code, batch, since, until, all } = options;
  const isFiltered = [code, batch, since, until].some((given) => given !== undefined);
  if ([texts.length > 0, isFiltered, all === true].filter(Boolean).length !== 1) {
    throw new OutpaintError(
      'usage_wrong',
      'Say which rows: ids, or a filter (--code, --batch, --since, --until), or --all; one of the three. outpaint dead-letter list shows them.',
    );
  }
  if (texts.length > 0) {
    const ids = new Set<ExpansionId>();
    for (const text of texts) ids.add((await expansionOf(stores, text)).id);
    return [...ids];
  }
  const ids: ExpansionId[] = [];
  for await (const record of deadRows(stores, await filterOf(stores, options), ROWS_MAX)) {
    ids.push(record.id);
    see(record);
  }
  return ids;
};
