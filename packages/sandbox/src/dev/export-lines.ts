// An environment as lines for a POSIX shell.

/** One `export NAME=value` each, quoted where a shell would read more into it. Pure. */
export const exportLines = (env: Readonly<Record<string, string>>): string[] =>
  Object.entries(env).map(([name, value]) => `export ${name}=${quoted(value)}`);

const quoted = (value: string): string =>
  /^[\w.,:/@%+-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
