// A file of the project as the house rules see it: its path, its text, and what it imports.

export interface SourceFile {
  /** From the repository's root, with forward slashes. */
  path: string;
  text: string;
}

export const isTypeScript = (file: SourceFile): boolean => /\.tsx?$/.test(file.path);

/** The text without comments; strings stay, for imports are strings. `://` in an address is no comment. */
export const codeOf = (file: SourceFile): string =>
  file.text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`\\])\/\/.*$/gm, '$1');

/** The code without the content of its strings: what is left are names and punctuation. */
export const namesOf = (file: SourceFile): string =>
  codeOf(file).replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g, "''");

/** What stands after `from`, or in `import(…)` and `import '…'`; types count, for they bind as well. */
export const importsOf = (file: SourceFile): string[] =>
  [...codeOf(file).matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"\n]+)\1/g)].map((match) => match[2] ?? '');

const normalised = (path: string): string => {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
};

/** Our own file that an import means, as a path from the root without certainty of its ending; null for a package's. */
export const ownTarget = (file: SourceFile, specifier: string): string | null => {
  if (specifier.startsWith('.')) return normalised(`${file.path.replace(/[^/]*$/, '')}${specifier}`);
  const own = /^@outpaint\/([^/]+)(?:\/(.*))?$/.exec(specifier);
  if (own === null) return null;
  const [, name = '', rest = ''] = own;
  const root = name === 'shared' || name === 'sandbox' ? 'packages' : 'apps';
  return normalised(`${root}/${name}/src/${rest}`);
};

/** `shared/record`, `worker/deliver`, `worker` for a file straight in src, `test/journey`; the first parts else. */
export const placeOf = (path: string): string => {
  const inside = /^(?:packages|apps)\/([^/]+)\/src\/(?:([^/]+)\/)?/.exec(path);
  if (inside !== null) return inside[2] === undefined ? (inside[1] ?? '') : `${inside[1]}/${inside[2]}`;
  return path.split('/').slice(0, -1).slice(0, 2).join('/');
};

/** `shared`, `worker`, `producer`, `console`, `sandbox`, `test`, `bench`, … */
export const unitOf = (path: string): string => placeOf(path).split('/')[0] ?? '';
