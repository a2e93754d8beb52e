// The contact sheet as one page that needs nothing else: the pictures are in it, and each links to the full one.
import sharp from 'sharp';
import type { SheetRow } from './sheet-row.ts';

const THUMB_SIDE = 360;

const STYLE = `
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem; background: #eceef1; color: #22262b; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(24rem, 1fr)); gap: 1rem; }
figure { margin: 0; padding: 1rem; background: #fff; border-radius: 10px; }
.pair { display: flex; gap: 1rem; align-items: center; justify-content: space-between; height: 13rem; }
.pair img { max-width: 100%; max-height: 13rem; border: 1px solid #0002; }
.pair > :first-child { flex: 0 1 38%; } .pair > :last-child { flex: 1 1 58%; text-align: right; }
.none { border: 1px dashed #b3261e88; color: #b3261e; background: #b3261e0d; padding: 3rem 1rem; text-align: center !important; }
figcaption { margin-top: .75rem; } code { color: #6b7280; } .code { color: #b3261e; }
`;

/** UTF-8 text of the page. */
export const sheetHtml = async (rows: readonly SheetRow[], headline: string, note: string): Promise<string> => {
  const cards: string[] = [];
  for (const row of rows) cards.push(await card(row));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(headline)}</title><style>${STYLE}</style></head>
<body><h1>${escaped(headline)}</h1><p>${escaped(note)}</p>
<main>
${cards.join('\n')}
</main></body></html>
`;
};

const card = async ({ name, parameters, before, after, code }: SheetRow): Promise<string> => {
  const old = before === null ? '<div class="none">no picture</div>' : await image(before.bytes, `${name} before`);
  const extended =
    after === null
      ? '<div class="none">not delivered, not billed</div>'
      : `<a href="${escaped(encodeURI(after.file))}">${await image(after.bytes, `${name} after`)}</a>`;
  const sizes =
    after === null || before === null
      ? ''
      : `${before.size.width}×${before.size.height} → ${after.size.width}×${after.size.height}`;
  const ending = code === null ? escaped(sizes) : `<span class="code">${escaped(code)}</span>`;
  return `<figure><div class="pair"><div>${old}</div><div>${extended}</div></div><figcaption><strong>${escaped(name)}</strong><br><code>${escaped(parameters)}</code><br>${ending}</figcaption></figure>`;
};

const image = async (bytes: Buffer, alt: string): Promise<string> => {
  const small = await sharp(bytes).resize(THUMB_SIDE, THUMB_SIDE, { fit: 'inside' }).jpeg({ quality: 80 }).toBuffer();
  return `<img alt="${escaped(alt)}" src="data:image/jpeg;base64,${small.toString('base64')}">`;
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
