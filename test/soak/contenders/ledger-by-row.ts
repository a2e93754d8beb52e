// The account's book, sorted by the rows that the submits were for.
import type { LedgerRow } from '@outpaint/sandbox/upstream/ledger';
import type { CatalogRow } from './contender.ts';

export const ledgerByRow = (
  ledger: readonly LedgerRow[],
  catalog: readonly CatalogRow[],
): ReadonlyMap<string, readonly LedgerRow[]> => {
  const bySource = new Map<string, LedgerRow[]>(catalog.map(({ source }) => [source, []]));
  for (const entry of ledger) bySource.get(entry.source ?? '')?.push(entry);
  return new Map(catalog.map(({ name, source }) => [name, bySource.get(source) ?? []]));
};

/** One line of it for a person. */
export const ledgerLine = (entry: LedgerRow): string =>
  `ledger: ${new Date(entry.receivedAt).toISOString()} ${entry.status} ${entry.code ?? ''} task ${entry.taskId ?? '-'} ${
    entry.billed ? 'BILLED' : ''
  } ${entry.faultApplied ?? ''}`;
