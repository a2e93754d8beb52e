// A variable's name as code writes it: `SUBMIT_5XX_IN_DOUBT` is `submit5xxInDoubt`, for the compiler and at run time alike.

type Pascal<Name extends string> = Name extends `${infer Word}_${infer Rest}`
  ? `${Capitalize<Lowercase<Word>>}${Pascal<Rest>}`
  : Capitalize<Lowercase<Name>>;

export type CamelCase<Name extends string> = Name extends `${infer Word}_${infer Rest}`
  ? `${Lowercase<Word>}${Pascal<Rest>}`
  : Lowercase<Name>;

export const camelCase = <Name extends string>(name: Name): CamelCase<Name> =>
  name.toLowerCase().replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase()) as CamelCase<Name>;
