// Numbers and counted nouns as people read them.

const THOUSANDS = new Intl.NumberFormat('en-US');

export const numberText = (n: number): string => THOUSANDS.format(n);

/** `1 row`, `1,000 rows`. */
export const countText = (n: number, one: string, many = `${one}s`): string =>
  `${numberText(n)} ${n === 1 ? one : many}`;
