// The names of the tests of a file, as the documents write them: "…" for each part that a table fills in.

const STRING = /(['"`])((?:\\.|(?!\1)[\s\S])*)\1/y;
/** `it(`, `test(`, `it.each(…)(` and their kind; what is skipped or still to do proves nothing. */
const CALL = /\b(?:it|test)(?:\.concurrent)?\(\s*|\)\(\s*/g;

const unescaped = (text: string): string => text.replace(/\\(.)/g, '$1');

/** `%s is held` and `$name is held` are both `… is held`. */
const withGaps = (name: string): string =>
  name.replace(/%%|%[sdifjo]|\$\{[^}]*\}|\$\w+(?:\.\w+)*/g, (part) => (part === '%%' ? '%' : '…'));

/** The names of a test file's tests, in order. */
export const claimsOf = (source: string): string[] =>
  [...source.matchAll(CALL)].flatMap((call) => {
    STRING.lastIndex = call.index + call[0].length;
    const found = STRING.exec(source);
    return found === null ? [] : [withGaps(unescaped(found[2] ?? ''))];
  });
