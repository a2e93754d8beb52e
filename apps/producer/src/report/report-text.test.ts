import type { ReportManifest } from '@outpaint/shared/contract/report';
import { describe, expect, it } from 'vitest';
import type { DrawRow } from './draw-row.ts';
import type { ReportRow } from './open-report.ts';
import { csvCell, reportCsv } from './report-csv.ts';
import { reportHtml } from './report-html.ts';

const failed = (customId: string, message: string): ReportRow =>
  ({
    outcome: 'failed',
    custom_id: customId,
    source: 'https://cdn.example.com/1.jpg',
    parameters: { x_scale: 2 },
    output_key: 'spring/1.jpg',
    outpaint_error: { status: 'dead_lettered', code: 'X', message, what_to_do: 'Look.', attempts: 1, billed: 'no' },
  }) as never;

async function* rowsOf(...rows: ReportRow[]): AsyncGenerator<ReportRow> {
  yield* rows;
}

const textOf = async (pieces: AsyncIterable<string>): Promise<string> => {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
};

describe('a cell', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1', '＋1', '－1', '＠1'])(
    '%j is text to a spreadsheet, not a formula',
    (text) => {
      expect(csvCell(text).replace(/^"/, '')).toMatch(/^'/);
    },
  );

  it('is quoted as RFC 4180 says, numbers stay numbers, and nothing is nothing', () => {
    expect(csvCell('a,"b"\nc')).toBe('"a,""b""\nc"');
    expect([csvCell(-3), csvCell(null), csvCell(undefined), csvCell('plain')]).toEqual(['-3', '', '', 'plain']);
    expect(csvCell({ x_scale: 2 })).toBe('"{""x_scale"":2}"');
  });
});

it('a name and a message that are formulas come out as text', async () => {
  const csv = await textOf(reportCsv(rowsOf(failed('=cmd', '@evil'))));
  expect(csv.startsWith('\uFEFFcustom_id,outcome,code,message,')).toBe(true);
  expect(csv.split('\r\n')[1]).toMatch(/^'=cmd,dead_lettered,X,'@evil,Look\.,1,no,/);
});

const manifest = {
  batch: 'spring',
  ended: 'finished',
  rows: 3,
  counts: { delivered: 2, dead_lettered: 1 },
  currency: 'CNY',
  spent: '0.36',
  settings: { budget: null },
  files: { 'succeeded.jsonl': { rows: 2 }, 'failed.jsonl': { rows: 1 } },
} as unknown as ReportManifest;

it('a page holds no markup of a row, calls no address, and says how many rows it leaves out', async () => {
  const html = await textOf(reportHtml(manifest, rowsOf(failed('<script>x</script>', '"><img src=x>'))));
  expect(html).toContain('&lt;script&gt;x&lt;/script&gt;');
  expect(html).not.toMatch(/<script|<img|<link|href=|src=(?!x&gt;)/);
  expect(html).toContain('1 of 3 rows are shown');
});

it('a page with pictures shows them beside its first rows and says so, or why one is not there; no address is called', async () => {
  const drawn: string[] = [];
  const draw: DrawRow = async ({ custom_id }) => {
    drawn.push(custom_id);
    return {
      before: { dataUri: 'data:image/jpeg;base64,/9j/', width: 240, height: 101 },
      after: { reason: 'is <gone>' },
    };
  };
  const rows = () => rowsOf(...['a', 'b', 'c'].map((name) => failed(name, 'no')));
  const html = await textOf(reportHtml(manifest, rows(), { draw, rowsMax: 2 }));
  expect(drawn).toEqual(['a', 'b']);
  expect(html.match(/<img [^>]*>/g)).toEqual(
    Array(2).fill('<img src="data:image/jpeg;base64,/9j/" width="120" height="51" alt="the source">'),
  );
  expect(html.match(/the picture is &lt;gone&gt;/g)).toHaveLength(2);
  expect(html).toContain('<p>Pictures stand beside the first 2 rows.</p>');
  const cells = html.match(/<tr class="failed">.*/g)?.map((line) => line.match(/<td>/g)?.length);
  expect(cells).toEqual([7, 7, 7]);
  expect(html.match(/<th>/g)).toHaveLength(7);
  expect(await textOf(reportHtml(manifest, rows(), { draw, rowsMax: 3 }))).not.toContain('Pictures stand');
});
