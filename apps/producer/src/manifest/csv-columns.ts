// Which column of a CSV holds what, and how a cell becomes the value that a request wants.
import { isParameterName, PARAMETER_NAMES, PARAMETER_RULES } from '@outpaint/shared/contract/parameters';
import { type Problem, unknownName } from '@outpaint/shared/contract/problem';

const REQUEST_COLUMNS = ['custom_id', 'source', 'output_key', 'batch', 'v'] as const;
export const COLUMNS: readonly string[] = [...REQUEST_COLUMNS, ...PARAMETER_NAMES];
const REQUIRED = ['custom_id', 'source'] as const;

/** The header's names, trimmed, and all that is wrong with them. */
export const readHeader = (fields: readonly string[]): { columns: readonly string[]; problems: Problem[] } => {
  const columns = fields.map((field) => field.trim());
  if (columns.length === 1 && /[;\t|]/.test(columns[0] ?? '')) {
    const message = 'has one column only';
    return {
      columns,
      problems: [headerProblem(message, 'Separate the columns by commas, not by semicolons or tabs.')],
    };
  }
  const problems: Problem[] = [];
  for (const [index, name] of columns.entries()) {
    if (name === '') problems.push(headerProblem(`has no name for column ${index + 1}`, 'Name it or remove it.'));
    else if (!COLUMNS.includes(name)) problems.push(unknownName('column ', name, undefined, COLUMNS));
    else if (columns.indexOf(name) < index) problems.push(headerProblem(`names the column ${name} twice`));
  }
  for (const name of REQUIRED) {
    if (!columns.includes(name)) problems.push(headerProblem(`has no column ${name}`, 'Every row needs one.'));
  }
  return { columns, problems };
};

const headerProblem = (message: string, remedy?: string): Problem => ({
  field: 'header',
  value: undefined,
  message,
  ...(remedy === undefined ? {} : { remedy }),
});

const NUMBER = /^[+-]?\d{1,15}(\.\d{1,15})?$/;
const FLAGS: Readonly<Record<string, boolean>> = { true: true, false: false, '1': true, '0': false };

/** A cell that does not look like its kind stays text, so that the request's own check names it. */
const valueOfCell = (name: string, cell: string): unknown => {
  const kind = name === 'v' ? 'number' : isParameterName(name) ? typeof PARAMETER_RULES[name].default : 'string';
  if (kind === 'number') return NUMBER.test(cell.trim()) ? Number(cell) : cell;
  if (kind === 'boolean') return FLAGS[cell.trim().toLowerCase()] ?? cell;
  return isParameterName(name) ? cell.trim() : cell;
};

/** The request-shaped object of one row; an empty cell counts as left out. */
export const requestOf = (columns: readonly string[], fields: readonly string[]): Record<string, unknown> => {
  const request: Record<string, unknown> = {};
  const parameters: Record<string, unknown> = {};
  for (const [index, name] of columns.entries()) {
    const cell = fields[index] ?? '';
    if (cell.trim() === '') continue;
    if (isParameterName(name)) parameters[name] = valueOfCell(name, cell);
    else request[name] = valueOfCell(name, cell);
  }
  return { ...request, parameters };
};
