// Where in the bucket a picture lies, and what an `s3://` address says.
import { OutpaintError } from '../errors/outpaint-error.ts';

/** S3's own limit, in bytes of UTF-8: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
export const OBJECT_KEY_BYTES_MAX = 1024;

/** `prefix/key`. Slashes around the prefix do not count; an empty prefix adds nothing. Throws `store_rejected_object`. */
export const objectKey = (prefix: string, key: string): string => {
  const bare = prefix.replace(/^\/+|\/+$/g, '');
  const full = bare === '' ? key : `${bare}/${key}`;
  const bytes = Buffer.byteLength(full, 'utf8');
  if (key === '' || bytes > OBJECT_KEY_BYTES_MAX) {
    throw new OutpaintError(
      'store_rejected_object',
      `The key has ${bytes} bytes with its prefix; S3 takes 1 to ${OBJECT_KEY_BYTES_MAX}`,
      { facts: { operation: 'key', key: full, status: null, s3Code: 'KeyTooLongError' } },
    );
  }
  return full;
};

/**
 * The parts of `s3://bucket/key`. The key is taken as it stands, not percent-decoded, as the AWS CLI does it.
 * Throws `request_invalid`.
 */
export const parseS3Url = (url: string): { bucket: string; key: string } => {
  const match = /^s3:\/\/([^/]+)\/(.+)$/s.exec(url);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new OutpaintError('request_invalid', 'The source is not of the form s3://bucket/key', {
      facts: { source: url },
    });
  }
  return { bucket: match[1], key: match[2] };
};
