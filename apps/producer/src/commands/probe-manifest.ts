// The part of `plan` that looks at sources: a sample of the rows, or all of them.
import { clientSettingsOf } from '@outpaint/shared/storage/client-config';
import type { ObjectReader } from '@outpaint/shared/storage/object-reader';
import { InvalidArgumentError } from 'commander';
import type { CheckedRow } from '../manifest/check-rows.ts';
import { type GoodRow, type ProbeReport, probeRows } from '../plan/probe/probe-rows.ts';
import { createProbe } from '../plan/probe/probe-source.ts';
import { numberText } from '../terminal/count-text.ts';
import type { CommandContext } from './context.ts';
import { settingsOf } from './settings-of.ts';

export const PROBE_ROWS_MAX = 100_000;
const AT_ONCE = 16;
const TIMEOUT_MS = 10_000;

export const probeOption = (text: string): number | 'all' => {
  if (text === 'all') return text;
  if (/^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= PROBE_ROWS_MAX) return Number(text);
  throw new InvalidArgumentError(`Write a number of rows from 1 to ${PROBE_ROWS_MAX}, or all.`);
};

async function* goodOf(rows: AsyncIterable<CheckedRow>): AsyncGenerator<GoodRow> {
  for await (const row of rows) if (row.ok) yield row;
}

/** At most {@link AT_ONCE} sources at once, each for {@link TIMEOUT_MS} at most. Pays nothing and writes nothing. */
export const probeManifest = async (
  { env, terminal }: Pick<CommandContext, 'env' | 'terminal'>,
  rows: readonly GoodRow[] | AsyncIterable<CheckedRow>,
): Promise<ProbeReport> => {
  const { delivery, store } = settingsOf(env, ['delivery', 'store']);
  let objects: ObjectReader | null = null;
  const probe = createProbe({
    addressesAllowed: delivery.resultAddressesAllowed,
    timeoutMs: TIMEOUT_MS,
    objects: {
      // Loaded only where a source lies in a bucket.
      head: async (source, bytesMax) => {
        const { createObjectReader } = await import('@outpaint/shared/storage/object-reader');
        objects ??= createObjectReader({ ...clientSettingsOf(store), requestTimeoutMs: TIMEOUT_MS });
        return objects.head(source, bytesMax);
      },
    },
  });
  try {
    const some = Symbol.asyncIterator in rows ? goodOf(rows) : rows;
    return await probeRows(some, probe, AT_ONCE, (soFar) =>
      terminal.progress(`looking at sources: ${numberText(soFar)}`),
    );
  } finally {
    (objects as ObjectReader | null)?.close();
    terminal.clearProgress();
  }
};
