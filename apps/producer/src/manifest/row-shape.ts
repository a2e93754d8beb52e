// What a file's own columns mean, and what its rows take where they say nothing: `--map` and `--set`.
import {
  checkParameters,
  isParameterName,
  PARAMETER_NAMES,
  type ParameterName,
} from '@outpaint/shared/contract/parameters';
import { sentenceOf, unknownName } from '@outpaint/shared/contract/problem';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { COLUMNS, valueOfCell } from './cell-value.ts';

export interface RowShape {
  /** The file's column for each of ours; null where the file uses our names. All its other columns are left alone. */
  readonly columns: ReadonlyMap<string, string> | null;
  /** Parameters of the rows that do not give them. Each is right by itself. */
  readonly defaults: ReadonlyMap<ParameterName, unknown>;
}

export const PLAIN_SHAPE: RowShape = { columns: null, defaults: new Map() };

const invalid = (message: string): OutpaintError => new OutpaintError('manifest_mapping_invalid', message);

/** `left=right`, cut at the first `=`: the right side is somebody else's and may hold more of them. */
const pairOf = (option: string, text: string, example: string): [string, string] => {
  const at = text.indexOf('=');
  const [left, right] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  if (at > 0 && left !== '' && right !== '') return [left, right];
  throw invalid(`${option} is written ${example}, not ${JSON.stringify(text)}.`);
};

const once = (option: string, name: string, known: ReadonlyMap<string, unknown>): void => {
  if (known.has(name)) throw invalid(`${option} gives ${name} twice.`);
};

/** From `source=image_link` and `output_ratio=16:9`. Throws `manifest_mapping_invalid`, with the nearest name for a wrong one. */
export const readShape = (map: readonly string[], set: readonly string[]): RowShape => {
  const columns = new Map<string, string>();
  for (const text of map) {
    const [ours, theirs] = pairOf('--map', text, '<ours>=<column of the file>, such as source=image_link');
    if (!COLUMNS.includes(ours)) throw invalid(sentenceOf(unknownName('--map ', ours, undefined, COLUMNS)));
    once('--map', ours, columns);
    columns.set(ours, theirs);
  }
  const defaults = new Map<ParameterName, unknown>();
  for (const text of set) {
    const [name, cell] = pairOf('--set', text, '<parameter>=<value>, such as output_ratio=16:9');
    if (!isParameterName(name)) throw invalid(sentenceOf(unknownName('--set ', name, undefined, PARAMETER_NAMES)));
    once('--set', name, defaults);
    const { parameters, problems } = checkParameters({ [name]: valueOfCell(name, cell) });
    for (const problem of problems) throw invalid(sentenceOf({ ...problem, field: `--set ${name}` }));
    defaults.set(name, parameters[name]);
  }
  return { columns: columns.size === 0 ? null : columns, defaults };
};
