// Reads of a Markdown text what can be checked: links, anchors, tables, diagrams, names of settings.

const FENCE = /^(```+|~~~+)[^\n]*\n[\s\S]*?^\1[^\n]*$/gm;

/** Without fenced code, so that an example in it is no link and no table. */
export const proseOf = (text: string): string => text.replace(FENCE, '').replace(/<!--[\s\S]*?-->/g, '');

/** The fenced blocks of one language, without their fences. */
export const blocksOf = (text: string, language: string): string[] =>
  [...text.matchAll(/^(```+)([^\n]*)\n([\s\S]*?)^\1\s*$/gm)]
    .filter((match) => match[2]?.trim() === language)
    .map((match) => match[3] ?? '');

export interface Link {
  readonly text: string;
  /** As written: a path with or without `#anchor`. */
  readonly target: string;
}

/** Links and pictures; a bracket in a link's text is no nesting that we use. Inline code is no link. */
export const linksOf = (text: string): Link[] =>
  [...proseOf(text).matchAll(/(`+)[\s\S]*?\1|\[([^\]\n]*)\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)]
    .filter((match) => match[3] !== undefined)
    .map((match) => ({ text: match[2] ?? '', target: match[3] ?? '' }));

/** With a scheme, or from nowhere of ours. */
export const isOutside = (target: string): boolean => /^([a-z][a-z0-9+.-]*:|\/\/)/i.test(target);

/** GitHub's anchors of the headings, in order; a repeated one gets `-1`, `-2`. */
export const anchorsOf = (text: string): string[] => {
  const seen = new Map<string, number>();
  return [...proseOf(text).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map((match) => {
    const plain = (match[1] ?? '').replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');
    const slug = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
};

/** The cells of each row of each table, header rows left out. */
export const rowsOf = (text: string): string[][] => {
  const rows: string[][] = [];
  const lines = proseOf(text).split('\n');
  for (const [i, line] of lines.entries()) {
    if (!line.startsWith('|') || /^\|[\s|:-]+\|$/.test(line) || /^\|[\s|:-]+\|$/.test(lines[i + 1] ?? '')) continue;
    rows.push(
      line
        .replace(/^\||\|\s*$/g, '')
        .split('|')
        .map((cell) => cell.trim()),
    );
  }
  return rows;
};

/** What stands between backticks. */
export const codesOf = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');

/** What looks like an environment variable, in code blocks too: capitals with an underscore. */
export const variablesOf = (text: string): string[] => [
  ...new Set([...text.matchAll(/(?<![\w$/.-])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?![\w/-])/g)].map((match) => match[0])),
];

export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** Empty where none was written. */
  readonly label: string;
}

/** The arrows of a mermaid state diagram; `[*]` is its beginning and its end. */
export const arrowsOf = (diagram: string): Arrow[] =>
  [...diagram.matchAll(/^\s*(\S+)\s*-->\s*([^\s:]+)(?:\s*:\s*(.*))?$/gm)].map((match) => ({
    from: match[1] ?? '',
    to: match[2] ?? '',
    label: match[3]?.trim() ?? '',
  }));

/** The folders of a tree drawn by indenting: an indented name belongs to the last one that was not. */
export const foldersOf = (tree: string): string[] => {
  let root = '';
  return tree.split('\n').flatMap((line) => {
    const name = /^\s*([\w./-]+)\//.exec(line)?.[1];
    if (name === undefined) return [];
    if (line.startsWith(' ')) return [`${root}/${name}`];
    root = name;
    return [name];
  });
};
