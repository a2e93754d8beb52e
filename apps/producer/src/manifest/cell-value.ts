// How a cell of a file becomes the value that a request wants; a cell that does not look like its kind stays text.
import { isParameterName, PARAMETER_NAMES, PARAMETER_RULES } from '@outpaint/shared/contract/parameters';

const REQUEST_COLUMNS = ['custom_id', 'source', 'output_key', 'batch', 'v'] as const;
/** A column for each field of a request, parameters among them. */
export const COLUMNS: readonly string[] = [...REQUEST_COLUMNS, ...PARAMETER_NAMES];
/** What no default can give: each row has its own. */
export const REQUIRED_COLUMNS = ['custom_id', 'source'] as const;

const NUMBER = /^[+-]?\d{1,15}(\.\d{1,15})?$/;
const FLAGS: Readonly<Record<string, boolean>> = { true: true, false: false, '1': true, '0': false };

/** `string`, `number` or `boolean`: what a column of ours holds. */
export const kindOfColumn = (name: string): string =>
  name === 'v' ? 'number' : isParameterName(name) ? typeof PARAMETER_RULES[name].default : 'string';

/** The request's own check then names what stayed text. */
export const valueOfCell = (name: string, cell: string): unknown => {
  const kind = kindOfColumn(name);
  if (kind === 'number') return NUMBER.test(cell.trim()) ? Number(cell) : cell;
  if (kind === 'boolean') return FLAGS[cell.trim().toLowerCase()] ?? cell;
  return isParameterName(name) ? cell.trim() : cell;
};

/** The request-shaped object of named values. */
export const requestOf = (values: Iterable<readonly [name: string, value: unknown]>): Record<string, unknown> => {
  const request: Record<string, unknown> = {};
  const parameters: Record<string, unknown> = {};
  for (const [name, value] of values) (isParameterName(name) ? parameters : request)[name] = value;
  return { ...request, parameters };
};
