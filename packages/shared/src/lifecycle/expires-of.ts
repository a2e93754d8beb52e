// Reads when a signed result URL ends, from the URL alone.

const COMPACT = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

/**
 * Epoch ms at which the signature of an OSS or S3 URL ends, or null if the URL does not say. Knows OSS V1 (`Expires`, epoch
 * seconds), OSS V4 (`x-oss-date` + `x-oss-expires` seconds) and AWS V4 (`X-Amz-Date` + `X-Amz-Expires`). The documented
 * 24 hours are an upper bound only: all URLs seen ended within about one hour.
 */
export const expiresOf = (url: string): number | null => {
  const [target = ''] = url.split('#', 1);
  const question = target.indexOf('?');
  if (question === -1) return null;
  const search = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(target.slice(question + 1))) {
    search.set(name.toLowerCase(), value);
  }
  const seconds = (name: string): number | null => {
    const written = search.get(name) ?? '';
    return /^\d{1,12}$/.test(written) ? Number(written) : null;
  };
  const v1 = seconds('expires');
  if (v1 !== null) return v1 * 1000;
  for (const vendor of ['x-oss', 'x-amz']) {
    const lasts = seconds(`${vendor}-expires`);
    const signed = COMPACT.exec(search.get(`${vendor}-date`) ?? '');
    if (lasts === null || signed === null) continue;
    const [, year, month, day, hour, minute, second] = signed;
    const signedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    if (!Number.isNaN(signedAt)) return signedAt + lasts * 1000;
  }
  return null;
};
