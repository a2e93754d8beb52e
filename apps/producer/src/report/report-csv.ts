// The rows of a report as CSV (RFC 4180) for a spreadsheet: what would be run as a formula there is text here. Pure.
import type { ReportRow } from './open-report.ts';

export const REPORT_COLUMNS = [
  'custom_id',
  'outcome',
  'code',
  'message',
  'what_to_do',
  'attempts',
  'billed',
  'source',
  'output_key',
  'parameters',
  'task_id',
  'expansion_id',
  'ended_at',
  'width',
  'height',
  'bytes',
  'sha256',
] as const;
type Column = (typeof REPORT_COLUMNS)[number];

/** What begins so is taken for a formula by Excel, LibreOffice or Sheets: https://owasp.org/www-community/attacks/CSV_Injection */
const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

export const csvCell = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  const given = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const text = typeof value !== 'number' && FORMULA.test(given) ? `'${given}` : given;
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
};

export const cellsOf = (row: ReportRow): Readonly<Record<Column, unknown>> => {
  const { custom_id, source, parameters, output_key } = row;
  const nothing = { width: null, height: null, bytes: null, sha256: null };
  if (row.outcome === 'failed') {
    const { status, code, message, what_to_do, attempts, billed, task_id, expansion_id, ended_at } = row.outpaint_error;
    const error = { code, message, what_to_do, attempts, billed, task_id, expansion_id, ended_at };
    return { custom_id, outcome: status, source, output_key, parameters, ...error, ...nothing };
  }
  const { billed, task_id, expansion_id, delivered_at, width, height, bytes, sha256 } = row;
  const told = { code: null, message: null, what_to_do: null, attempts: null };
  const facts = { billed, task_id, expansion_id, ended_at: delivered_at, width, height, bytes, sha256 };
  return { custom_id, outcome: 'delivered', source, output_key, parameters, ...told, ...facts };
};

const line = (cells: readonly unknown[]): string => `${cells.map(csvCell).join(',')}\r\n`;

/** Text in pieces, a header first; begins with a byte order mark, without which Excel takes UTF-8 for something else. */
export async function* reportCsv(rows: AsyncIterable<ReportRow>): AsyncGenerator<string> {
  yield `\uFEFF${line(REPORT_COLUMNS)}`;
  for await (const row of rows) {
    const cells = cellsOf(row);
    yield line(REPORT_COLUMNS.map((column) => cells[column]));
  }
}
