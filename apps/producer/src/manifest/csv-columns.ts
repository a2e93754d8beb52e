// Which column of a CSV holds what, by our own names or by a mapping.
import { nearestName } from '@outpaint/shared/contract/nearest-name';
import { type Problem, unknownName } from '@outpaint/shared/contract/problem';
import { COLUMNS, REQUIRED_COLUMNS, requestOf, valueOfCell } from './cell-value.ts';
import { ERROR_COLUMN } from './manifest-row.ts';

/** Names of ours with the place of the column that holds each; other columns are left alone. */
export type CsvColumns = readonly (readonly [name: string, index: number])[];

const NAMES_SHOWN_MAX = 20;

const headerProblem = (message: string, remedy?: string): Problem => ({
  field: 'header',
  value: undefined,
  message,
  ...(remedy === undefined ? {} : { remedy }),
});

/** The header as columns of ours, and all that is wrong with it. */
export const readHeader = (
  fields: readonly string[],
  mapping: ReadonlyMap<string, string> | null,
): { columns: CsvColumns; problems: Problem[] } => {
  const names = fields.map((field) => field.trim());
  if (names.length === 1 && /[,;\t|]/.test(names[0] ?? '')) {
    const remedy = 'Separate the columns by commas, or by tabs in a file that ends in .tsv; not by semicolons.';
    return { columns: [], problems: [headerProblem('has one column only', remedy)] };
  }
  return mapping === null ? ownColumns(names) : mappedColumns(names, mapping);
};

const ownColumns = (names: readonly string[]): { columns: CsvColumns; problems: Problem[] } => {
  const problems: Problem[] = [];
  const columns: [string, number][] = [];
  for (const [index, name] of names.entries()) {
    if (name === ERROR_COLUMN) continue;
    columns.push([name, index]);
    if (name === '') problems.push(headerProblem(`has no name for column ${index + 1}`, 'Name it or remove it.'));
    else if (!COLUMNS.includes(name)) problems.push(unknownName('column ', name, undefined, COLUMNS));
    else if (names.indexOf(name) < index) problems.push(headerProblem(`names the column ${name} twice`));
  }
  for (const name of REQUIRED_COLUMNS) {
    if (!names.includes(name)) {
      const remedy = `Every row needs one. If another column holds it, say which: --map ${name}=<column>.`;
      problems.push(headerProblem(`has no column ${name}`, remedy));
    }
  }
  return { columns, problems };
};

const mappedColumns = (
  names: readonly string[],
  mapping: ReadonlyMap<string, string>,
): { columns: CsvColumns; problems: Problem[] } => {
  const problems: Problem[] = [];
  const columns: [string, number][] = [];
  for (const [ours, theirs] of mapping) {
    const at = names.indexOf(theirs);
    if (at < 0)
      problems.push(headerProblem(`has no column ${theirs}, which ${ours} is mapped to`, nearest(theirs, names)));
    else if (names.indexOf(theirs, at + 1) >= 0) problems.push(headerProblem(`names the column ${theirs} twice`));
    else columns.push([ours, at]);
  }
  for (const name of REQUIRED_COLUMNS) if (!mapping.has(name)) problems.push(unmapped(name));
  return { columns, problems };
};

export const unmapped = (name: string): Problem =>
  headerProblem(
    `has nothing mapped to ${name}`,
    `Columns that --map does not name are left alone: add --map ${name}=<column>.`,
  );

/** What to do about a column that is not there. */
export const nearest = (name: string, names: readonly string[]): string => {
  const near = nearestName(name, names);
  if (near !== null) return `Did you mean ${near}?`;
  const shown = names.slice(0, NAMES_SHOWN_MAX).join(', ');
  return `There are ${shown}${names.length > NAMES_SHOWN_MAX ? ` and ${names.length - NAMES_SHOWN_MAX} more` : ''}.`;
};

/** The request-shaped object of one row; an empty cell counts as left out. */
export const requestOfFields = (columns: CsvColumns, fields: readonly string[]): Record<string, unknown> =>
  requestOf(
    columns.flatMap(([name, index]) => {
      const cell = fields[index] ?? '';
      return cell.trim() === '' ? [] : [[name, valueOfCell(name, cell)] as const];
    }),
  );
