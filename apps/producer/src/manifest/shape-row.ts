// A JSON object of somebody's own as a request by a mapping, and the defaults for rows of either format.

import { modeOfParameter } from '@outpaint/shared/contract/modes';
import { isSet, type ParameterName, type Parameters } from '@outpaint/shared/contract/parameters';
import { kindOfColumn, requestOf, valueOfCell } from './cell-value.ts';
import type { RowShape } from './row-shape.ts';

type Values = Readonly<Record<string, unknown>>;

/** Feeds hold numbers as text and names as numbers; null and empty text count as left out. */
const valueOfJson = (name: string, value: unknown): unknown => {
  if (typeof value === 'string') return value.trim() === '' ? undefined : valueOfCell(name, value);
  if (kindOfColumn(name) === 'string' && Number.isSafeInteger(value)) return String(value);
  return value === null ? undefined : value;
};

/** Pure. What the mapping does not name is left alone. */
export const mapObject = (value: Values, columns: ReadonlyMap<string, string>): Record<string, unknown> =>
  requestOf(
    [...columns].flatMap(([ours, theirs]) => {
      const found = Object.hasOwn(value, theirs) ? valueOfJson(ours, value[theirs]) : undefined;
      return found === undefined ? [] : [[ours, found] as const];
    }),
  );

/**
 * What the row gives beats a default; and a row that asks for one mode (a ratio, scales, offsets) takes no default of
 * another, which might take precedence over what it asks for.
 */
export const withDefaults = (value: Values, defaults: RowShape['defaults']): Values => {
  const given = value.parameters ?? {};
  // Its own check says what is wrong with it.
  if (defaults.size === 0 || typeof given !== 'object' || Array.isArray(given)) return value;
  const own = given as Parameters;
  const modes = (Object.keys(own) as ParameterName[]).flatMap((name) => {
    const mode = modeOfParameter(name);
    return mode === null || !isSet(own, name) ? [] : [mode];
  });
  const parameters: Record<string, unknown> = { ...given };
  for (const [name, byDefault] of defaults) {
    const mode = modeOfParameter(name);
    const fits = mode === null || modes.length === 0 || modes.includes(mode);
    if (fits && parameters[name] === undefined) parameters[name] = byDefault;
  }
  return { ...value, parameters };
};
