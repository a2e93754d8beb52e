// The report of a batch as one page that needs nothing else: no script, no address that it would call by itself.
import type { ReportManifest } from '@outpaint/shared/contract/report';
import type { DrawnPicture, DrawnRow, DrawRow } from './draw-row.ts';
import { inOrder } from './in-order.ts';
import type { ReportRow } from './open-report.ts';
import { cellsOf } from './report-csv.ts';

/** A browser shows so many rows without trouble; all of them are in the CSV. */
export const HTML_ROWS_MAX = 10_000;
/** Each row with pictures adds 6 kB (flat drawings, measured) or several times that to the page, and two to be fetched. */
export const HTML_PICTURE_ROWS_MAX = 1_000;
/** Rows whose pictures are in hand at once. */
const DRAWN_AT_ONCE = 4;

const STYLE = `
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem; background: #fff; color: #22262b; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; } dt { color: #5b6470; } dd { margin: 0; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #d9dde2; overflow-wrap: anywhere; }
th { position: sticky; top: 0; background: #fff; } img { display: block; } td > small { color: #5b6470; } .failed { background: #fdf3f2; } code { color: #b3261e; }
@media (prefers-color-scheme: dark) { body, th { background: #16191d; color: #e6e9ed; } .failed { background: #2a1d1d; } code { color: #f2b8b5; } dt, td > small { color: #9aa4b0; } }
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

/** At half its size, see {@link REPORT_PICTURE_SIDE_MAX}. */
const pictureHtml = (picture: DrawnPicture | null, alt: string): string => {
  if (picture === null) return '';
  if ('reason' in picture) return `<small>${escaped(alt)} ${escaped(picture.reason)}</small>`;
  const size = `width="${Math.ceil(picture.width / 2)}" height="${Math.ceil(picture.height / 2)}"`;
  return `<img src="${escaped(picture.dataUri)}" ${size} alt="${escaped(alt)}">`;
};

const rowHtml = (row: ReportRow, drawn: DrawnRow | null | undefined): string => {
  const cells = cellsOf(row);
  const told =
    row.outcome === 'failed'
      ? `<code>${escaped(cells.code)}</code><br>${escaped(cells.message)}<br>${escaped(cells.what_to_do)}`
      : `${escaped(cells.width)}${cells.width === null ? '' : ' × '}${escaped(cells.height)}`;
  const pictures =
    drawn === undefined
      ? ''
      : drawn === null
        ? '<td></td><td></td>'
        : `<td>${pictureHtml(drawn.before, 'the source')}</td><td>${pictureHtml(drawn.after, 'the picture')}</td>`;
  return `<tr class="${row.outcome}">${pictures}<td>${escaped(cells.custom_id)}</td><td>${escaped(cells.outcome)}</td><td>${told}</td><td>${escaped(cells.source)}</td><td>${escaped(cells.output_key)}</td></tr>\n`;
};

export interface HtmlPictures {
  readonly draw: DrawRow;
  /** So many rows, the first ones, have pictures. */
  readonly rowsMax: number;
}

/** Rows as HTML, with pictures some of which are fetched at once; holds no more rows than that. */
const rowsHtml = (rows: AsyncIterable<ReportRow>, pictures: HtmlPictures | undefined): AsyncIterable<string> => {
  let begun = 0;
  return inOrder(rows, pictures === undefined ? 1 : DRAWN_AT_ONCE, async (row) => {
    if (pictures === undefined) return rowHtml(row, undefined);
    begun += 1;
    return rowHtml(row, begun > pictures.rowsMax ? null : await pictures.draw(row));
  });
};

/** Text in pieces. With `pictures`, the rows that it begins with show what they were made of and what was made. */
export async function* reportHtml(
  manifest: ReportManifest,
  rows: AsyncIterable<ReportRow>,
  pictures?: HtmlPictures,
): AsyncGenerator<string> {
  const title = `outpaint: ${manifest.batch}`;
  yield `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><h1>${escaped(title)}</h1>
<dl>${facts(manifest)
    .map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`)
    .join('')}</dl>
<table><thead><tr>${pictures === undefined ? '' : '<th>before</th><th>after</th>'}<th>custom_id</th><th>outcome</th><th>what came of it</th><th>source</th><th>output_key</th></tr></thead><tbody>
`;
  let shown = 0;
  for await (const html of rowsHtml(rows, pictures)) {
    if (shown === HTML_ROWS_MAX) break;
    shown += 1;
    yield html;
  }
  const all = manifest.files['succeeded.jsonl'].rows + manifest.files['failed.jsonl'].rows;
  yield '</tbody></table>\n';
  if (shown < all) yield `<p>${shown} of ${all} rows are shown; the CSV has all of them.</p>\n`;
  if (pictures !== undefined && shown > pictures.rowsMax)
    yield `<p>Pictures stand beside the first ${pictures.rowsMax} rows.</p>\n`;
  yield '</body></html>\n';
}
