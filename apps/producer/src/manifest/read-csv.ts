// A CSV manifest as rows: the first record names the columns, each further one is a request.
import { readHeader, requestOf } from './csv-columns.ts';
import { badField, badRow, endOfReading, isBadUtf8, type ManifestRow, rowNotUtf8 } from './manifest-row.ts';
import { parseCsv } from './parse-csv.ts';

/**
 * Yields every row, good or bad, in the file's order. A header that is not right ends the reading: no row has a meaning then.
 * So does a stray quote or an endless row, as the last bad row: a guess at where the next row starts could buy pictures that
 * nobody asked for.
 */
export async function* readCsv(chunks: AsyncIterable<string>): AsyncGenerator<ManifestRow> {
  let columns: readonly string[] | null = null;
  for await (const record of parseCsv(chunks)) {
    const { line, text } = record;
    if (isBadUtf8(text) && (record.kind === 'record' || columns === null)) {
      yield columns === null ? endOfReading(rowNotUtf8(line, text)) : rowNotUtf8(line, text);
      if (columns === null) return;
    } else if (record.kind === 'fault') {
      yield endOfReading(badRow(line, record.why, text, remedyOfFault(line)));
      return;
    } else if (columns === null) {
      const header = readHeader(record.fields);
      for (const problem of header.problems) yield endOfReading(badField(line, problem, text));
      if (header.problems.length > 0) return;
      columns = header.columns;
    } else if (record.fields.length === columns.length) {
      yield { line, ok: true, value: requestOf(columns, record.fields) };
    } else {
      const message = `has ${record.fields.length} fields, and the header names ${columns.length} columns`;
      yield badRow(line, message, text, 'A field that holds a comma or a line break must stand in quotes.');
    }
  }
  if (columns === null) yield badRow(1, 'is missing: the file is empty', '', 'The first line names the columns.');
}

const remedyOfFault = (line: number): string =>
  `Double a quote that belongs to the text: "". Nothing after line ${line} can be told apart, so the rest of the file was not checked.`;
