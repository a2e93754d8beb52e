// When a signed address ends, read from the address alone. Pure.

const COMPACT = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

/** Epoch ms; OSS V1 (`Expires`) or V4 (`x-oss-date` and `x-oss-expires`); null when it does not say. */
export const addressEnd = (address: string): number | null => {
  const query = URL.parse(address)?.searchParams;
  if (query === undefined) return null;
  const find = (name: string): string => [...query].find(([key]) => key.toLowerCase() === name)?.[1] ?? '';
  if (/^\d{1,12}$/.test(find('expires'))) return Number(find('expires')) * 1000;
  const signed = COMPACT.exec(find('x-oss-date'));
  if (signed === null || !/^\d{1,9}$/.test(find('x-oss-expires'))) return null;
  const [, year, month, day, hour, minute, second] = signed;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) + Number(find('x-oss-expires')) * 1000;
};
