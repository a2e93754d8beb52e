// A CSV manifest as rows: the first record names the columns, each further one is a request.
import { readHeader, requestOf } from './csv-columns.ts';
import { badField, badRow, isBadUtf8, type ManifestRow, rowNotUtf8, rowTooLong } from './manifest-row.ts';
import { readCsvRecords } from './read-csv-records.ts';

/** Yields every row, good or bad, in the file's order. A header that is not right ends the reading: no row has a meaning then. */
export async function* readCsv(chunks: AsyncIterable<string>): AsyncGenerator<ManifestRow> {
  let columns: readonly string[] | null = null;
  for await (const record of readCsvRecords(chunks)) {
    const { line, text } = record;
    const isHeader = columns === null;
    if (record.kind === 'too_long') yield rowTooLong(line, text);
    else if (isBadUtf8(text)) yield rowNotUtf8(line, text);
    else if (record.kind === 'bad')
      yield badRow(line, record.why, text, 'Double a quote that belongs to the text: "".');
    else if (columns === null) {
      const header = readHeader(record.fields);
      for (const problem of header.problems) yield badField(line, problem, text);
      if (header.problems.length > 0) return;
      columns = header.columns;
    } else if (record.fields.length === columns.length) {
      yield { line, ok: true, value: requestOf(columns, record.fields) };
    } else {
      const message = `has ${record.fields.length} fields, and the header names ${columns.length} columns`;
      yield badRow(line, message, text, 'A field that holds a comma or a line break must stand in quotes.');
    }
    if (isHeader && columns === null) return;
  }
  if (columns === null) yield badRow(1, 'is missing: the file is empty', '', 'The first line names the columns.');
}
