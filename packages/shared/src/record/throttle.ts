// What is left of the account's limits after throttling: the pace and the slots in force, and why.
import type { Redis } from 'ioredis';
import { RECORD_VERSION } from '../lifecycle/record.ts';
import type { Keys } from './keys.ts';
import { runScript } from './run-script.ts';
import { preludeLua } from './scripts/prelude.ts';

/** One limit that upstream's refusals have cut, and that climbs back by itself. */
export interface CutLimit {
  /** In force now: per second, or slots. */
  readonly inForce: number;
  /** What it climbs back to. */
  readonly full: number;
  /** The code of the last refusal that cut it, and when. */
  readonly code: string;
  readonly cutAt: number;
}

/** Null where a limit is in force as it was set. */
export interface Throttle {
  readonly submitRate: CutLimit | null;
  readonly slots: CutLimit | null;
  readonly queryRate: CutLimit | null;
  /** How often a limit was cut, since the installation began. */
  readonly cuts: { readonly submitRate: number; readonly slots: number; readonly queryRate: number };
}

export const NO_THROTTLE: Throttle = Object.freeze({
  submitRate: null,
  slots: null,
  queryRate: null,
  cuts: Object.freeze({ submitRate: 0, slots: 0, queryRate: 0 }),
});

// The arithmetic stands in the scripts alone; here it is only asked for. A number goes as text, or Lua would cut it.
const throttleLua = `${preludeLua}${
  /* lua */ `
local out = {}
for _, what in ipairs({ 'rate', 'slots', 'query' }) do
  local f = redis.call('HMGET', p .. 'throttle', what .. '_full', what .. '_code', what .. '_at', what .. '_cuts')
  local full = tonumber(f[1] or 0)
  local left = what == 'slots' and slots_in_force(full) or in_force(what, full)
  out[#out + 1] = { string.format('%.3f', left), f[1] or '', f[2] or '', f[3] or '', f[4] or '0' }
end
return out
`
}`;

export const readThrottle = async (redis: Redis, keys: Keys, now?: number): Promise<Throttle> => {
  const args = [keys.prefix, now ?? '', RECORD_VERSION];
  const rows = (await runScript(redis, throttleLua, keys.line, args)) as string[][];
  const limitOf = ([inForce, full, code, at]: string[]): CutLimit | null =>
    full === '' || Number(inForce) >= Number(full)
      ? null
      : { inForce: Number(inForce), full: Number(full), code: code ?? '', cutAt: Number(at) };
  const [rate = [], slots = [], query = []] = rows;
  const cutsOf = (row: string[]): number => Number(row[4] ?? 0);
  return {
    submitRate: limitOf(rate),
    slots: limitOf(slots),
    queryRate: limitOf(query),
    cuts: { submitRate: cutsOf(rate), slots: cutsOf(slots), queryRate: cutsOf(query) },
  };
};
