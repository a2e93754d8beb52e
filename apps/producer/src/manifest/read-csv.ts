// A CSV manifest as rows: the first record names the columns, each further one is a request.
import { type CsvColumns, readHeader, requestOfFields } from './csv-columns.ts';
import { badField, badRow, endOfReading, isBadUtf8, type ManifestRow, rowNotUtf8 } from './manifest-row.ts';
import { type CsvDialect, parseCsv } from './parse-csv.ts';
import type { RowShape } from './row-shape.ts';

/**
 * Yields every row, good or bad, in the file's order. A header that is not right ends the reading: no row has a meaning then.
 * So does a stray quote or an endless row, as the last bad row: a guess at where the next row starts could buy pictures that
 * nobody asked for.
 */
export async function* readCsv(
  chunks: AsyncIterable<string>,
  shape: RowShape,
  dialect: CsvDialect = 'csv',
): AsyncGenerator<ManifestRow> {
  let columns: CsvColumns | null = null;
  let names: readonly string[] = [];
  for await (const record of parseCsv(chunks, dialect)) {
    const { line, text } = record;
    const origin = { header: names, fields: record.kind === 'record' ? record.fields : [text] };
    if (isBadUtf8(text) && (record.kind === 'record' || columns === null)) {
      yield columns === null ? endOfReading(rowNotUtf8(line, text)) : rowNotUtf8(line, text, origin);
      if (columns === null) return;
    } else if (record.kind === 'fault') {
      yield endOfReading(badRow(line, record.why, text, remedyOfFault(line)));
      return;
    } else if (columns === null) {
      const header = readHeader(record.fields, shape.columns);
      for (const problem of header.problems) yield endOfReading(badField(line, problem, text));
      if (header.problems.length > 0) return;
      columns = header.columns;
      names = record.fields;
    } else if (record.fields.length === names.length) {
      yield { line, ok: true, value: requestOfFields(columns, record.fields), origin };
    } else {
      const message = `has ${record.fields.length} fields, and the header names ${names.length} columns`;
      yield badRow(line, message, text, REMEDY_OF_FIELDS[dialect], origin);
    }
  }
  if (columns === null) yield badRow(1, 'is missing: the file is empty', '', 'The first line names the columns.');
}

const REMEDY_OF_FIELDS: Readonly<Record<CsvDialect, string>> = {
  csv: 'A field that holds a comma or a line break must stand in quotes.',
  tsv: 'In a file of tabs no field may hold a tab or a line break.',
};

const remedyOfFault = (line: number): string =>
  `Double a quote that belongs to the text: "". Nothing after line ${line} can be told apart, so the rest of the file was not checked.`;
