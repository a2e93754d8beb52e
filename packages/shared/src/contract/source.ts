// Where the picture comes from: an http(s) URL in percent-encoded form, or an s3 object that is presigned when it is submitted.

export const SOURCE_CHARS_MAX = 2048;
export const SOURCE_ALLOWED = `an http://, https:// or s3://bucket/key address of at most ${SOURCE_CHARS_MAX} characters`;

export type SourceCheck =
  | { readonly ok: true; readonly source: string }
  | { readonly ok: false; readonly allowed: string; readonly remedy?: string; readonly shown: unknown };

/** The longest object key that S3 accepts. */
const S3_KEY_BYTES_MAX = 1024;

/** Bucket and key of an `s3://` source, or null for any other. The key is taken literally, as the AWS CLI does: `%20` stays `%20`. */
export const s3PartsOf = (source: string): { bucket: string; key: string } | null => {
  const match = /^s3:\/\/([A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9])\/(.+)$/s.exec(source);
  if (match === null) return null;
  const [, bucket = '', key = ''] = match;
  return Buffer.byteLength(key, 'utf8') <= S3_KEY_BYTES_MAX ? { bucket, key } : null;
};

const refused = (shown: unknown, allowed: string, remedy?: string): SourceCheck => ({
  ok: false,
  allowed,
  shown,
  ...(remedy === undefined ? {} : { remedy }),
});

/**
 * The normal form of a source. A URL comes back percent-encoded, for the API's neighbours refuse Chinese characters in
 * one; its query is otherwise left alone, for a signature may cover it. Does not look at the network, and does not judge hosts.
 */
export const checkSource = (input: unknown): SourceCheck => {
  if (typeof input !== 'string' || input === '') return refused(input, SOURCE_ALLOWED);
  if (input.length > SOURCE_CHARS_MAX) return refused(input, SOURCE_ALLOWED);
  if (!input.isWellFormed() || /\p{Cc}/u.test(input)) {
    return refused(input, `${SOURCE_ALLOWED}, without control characters`);
  }
  if (input.startsWith('s3://')) {
    return s3PartsOf(input) === null
      ? refused(input, 's3://bucket/key, with a bucket of 3 to 63 letters, digits, dots and hyphens')
      : { ok: true, source: input };
  }
  return checkUrl(input);
};

const checkUrl = (input: string): SourceCheck => {
  const url = URL.parse(input);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return refused(input, SOURCE_ALLOWED);
  if (url.username !== '' || url.password !== '') {
    url.username = '';
    url.password = '';
    // The value is shown without them: a problem ends in logs and dead letters.
    return refused(url.href, 'an address without a user name and password', 'Use a presigned URL or an s3:// address.');
  }
  if (url.hash !== '' || input.includes('#')) {
    return refused(input, 'an address without "#"', 'What follows "#" is never sent; write %23 if the name holds one.');
  }
  return url.href.length > SOURCE_CHARS_MAX
    ? refused(input, `${SOURCE_ALLOWED}, counted after percent-encoding (${url.href.length})`)
    : { ok: true, source: url.href };
};
