// An option that is given once for each of several things.
export const oneMore = (text: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  text,
];
