// The report of a batch as one page that needs nothing else: no script, no address that it would call by itself. Pure.
import type { ReportManifest } from '@outpaint/shared/contract/report';
import type { ReportRow } from './open-report.ts';
import { cellsOf } from './report-csv.ts';

/** A browser shows so many rows without trouble; all of them are in the CSV. */
export const HTML_ROWS_MAX = 10_000;

const STYLE = `
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem; background: #fff; color: #22262b; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; } dt { color: #5b6470; } dd { margin: 0; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #d9dde2; overflow-wrap: anywhere; }
th { position: sticky; top: 0; background: #fff; } .failed { background: #fdf3f2; } code { color: #b3261e; }
@media (prefers-color-scheme: dark) { body, th { background: #16191d; color: #e6e9ed; } .failed { background: #2a1d1d; } code { color: #f2b8b5; } dt { color: #9aa4b0; } }
`;

export const escaped = (text: unknown): string =>
  String(text ?? '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

const facts = (manifest: ReportManifest): [string, string][] => [
  ['Ended', manifest.ended],
  ['Written', manifest.written_at],
  ['Rows', String(manifest.rows)],
  ...Object.entries(manifest.counts)
    .filter(([, count]) => count > 0)
    .map(([status, count]): [string, string] => [status.replaceAll('_', ' '), String(count)]),
  ['Spent', `${manifest.currency} ${manifest.spent}`],
  ...(manifest.settings.budget === null
    ? []
    : [['Budget', `${manifest.currency} ${manifest.settings.budget}`] as [string, string]]),
];

const rowHtml = (row: ReportRow): string => {
  const cells = cellsOf(row);
  const told =
    row.outcome === 'failed'
      ? `<code>${escaped(cells.code)}</code><br>${escaped(cells.message)}<br>${escaped(cells.what_to_do)}`
      : `${escaped(cells.width)}${cells.width === null ? '' : ' × '}${escaped(cells.height)}`;
  return `<tr class="${row.outcome}"><td>${escaped(cells.custom_id)}</td><td>${escaped(cells.outcome)}</td><td>${told}</td><td>${escaped(cells.source)}</td><td>${escaped(cells.output_key)}</td></tr>\n`;
};

/** Text in pieces. */
export async function* reportHtml(manifest: ReportManifest, rows: AsyncIterable<ReportRow>): AsyncGenerator<string> {
  const title = `outpaint: ${manifest.batch}`;
  yield `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><h1>${escaped(title)}</h1>
<dl>${facts(manifest)
    .map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`)
    .join('')}</dl>
<table><thead><tr><th>custom_id</th><th>outcome</th><th>what came of it</th><th>source</th><th>output_key</th></tr></thead><tbody>
`;
  let shown = 0;
  for await (const row of rows) {
    if (shown === HTML_ROWS_MAX) break;
    shown += 1;
    yield rowHtml(row);
  }
  const all = manifest.files['succeeded.jsonl'].rows + manifest.files['failed.jsonl'].rows;
  yield `</tbody></table>\n${shown < all ? `<p>${shown} of ${all} rows are shown; the CSV has all of them.</p>\n` : ''}</body></html>\n`;
}
