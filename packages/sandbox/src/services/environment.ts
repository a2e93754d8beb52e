// What a development service may know of its surroundings: the variables that its caller hands in.

/** A copy of an environment. Libraries here never read `process.env`; the `main.ts` that uses them does. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where programs are looked for when the caller hands in no PATH. */
const PATH_DEFAULT = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin';

export const searchPathOf = (env: Environment): string => env.PATH ?? PATH_DEFAULT;

/** The environment for a program that is started: the caller's, with a PATH in any case and output in English. */
export const programEnvironment = (env: Environment): Record<string, string> => {
  const given = Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return { ...Object.fromEntries(given), PATH: searchPathOf(env), LC_ALL: 'C' };
};
