// How many dead letters of each code a caller may know of: a token with a batch prefix counts no other's.
import { deadRows } from '../desk/dead-rows.ts';
import { type Caller, maySee } from './access.ts';
import type { ServerContext } from './server-context.ts';

/** The index counts all batches together, so for a prefix the newest letters are looked at, and only so many. */
export const DEAD_LOOKED_AT = 1_000;

export const deadCodes = async ({ stores }: ServerContext, caller: Caller): Promise<Record<string, number>> => {
  if (caller.batchPrefix === '') return stores.dead.codes();
  const codes: Record<string, number> = {};
  for await (const record of deadRows(stores, {}, DEAD_LOOKED_AT)) {
    if (!maySee(caller, record.batch)) continue;
    const code = record.deadCode ?? 'unknown';
    codes[code] = (codes[code] ?? 0) + 1;
  }
  return codes;
};
