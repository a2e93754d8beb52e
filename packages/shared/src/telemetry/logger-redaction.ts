// Takes secrets out of a finished log line: the last place that everything passes, whatever wrote it and however deep it stood.

const REDACTED = '[redacted]';
/** A line longer than this is cut: a hostile answer must not fill the disk. */
const LINE_CHARS_MAX = 64 * 1024;

/** Names of JSON fields whose text is a secret, in any spelling that headers, the SDKs and our settings use. */
const SECRET_FIELD =
  /("(?:proxy-)?(?:authorization|(?:set-)?cookie|x-api-key|[a-z_-]*api[_-]?(?:key|tokens?)|[a-z_-]*secret(?:[_-]?access)?(?:[_-]?key)?|[a-z_-]*password|[a-z_-]*session[_-]?token)"\s*:\s*)("(?:[^"\\]|\\.)*"|\[[^\]]*\])/gi;
/** A bearer token or one of the API's keys, wherever it stands in a text. */
const BEARER = /\b(bearer\s+)[\w.~+/=-]{4,}/gi;
const API_KEY = /\bsk-[\w-]{6,}/g;
/** User name and password of an address. */
const USER_INFO = /([a-z][a-z0-9+.-]*:\/\/)[^\s"'@/?#]+@/gi;
/** The signing part of a presigned URL (AWS V4 and V2, OSS V1 and V4): whoever reads it may fetch the picture. */
const SIGNED_QUERY =
  /([?&](?:x-(?:amz|oss)-(?:signature|credential|security-token)|signature|ossaccesskeyid|awsaccesskeyid|security-token)=)[^&\s"'\\<>]*/gi;

/** The line without secrets, still valid JSON if it was and was not cut. `secrets` are replaced wherever they stand literally. */
export const redactLine = (line: string, secrets: readonly string[] = []): string =>
  redactText(line.length <= LINE_CHARS_MAX ? line : shortened(line), secrets);

/** The same for JSON of any length. */
export const redactText = (text: string, secrets: readonly string[] = []): string => {
  let clean = text;
  for (const secret of secrets) {
    // The line is JSON: a secret with a quote or a backslash stands in it escaped.
    for (const written of new Set([secret, JSON.stringify(secret).slice(1, -1)])) {
      if (written.length >= 4) clean = clean.replaceAll(written, REDACTED);
    }
  }
  return clean
    .replace(SECRET_FIELD, `$1"${REDACTED}"`)
    .replace(BEARER, `$1${REDACTED}`)
    .replace(API_KEY, REDACTED)
    .replace(USER_INFO, `$1${REDACTED}@`)
    .replace(SIGNED_QUERY, `$1${REDACTED}`);
};

const shortened = (line: string): string => {
  const head = /^\{"level":\d+,"time":\d+/.exec(line)?.[0] ?? '{"level":40';
  return `${head},"msg":"A log line of ${line.length} characters was left out."}\n`;
};
