// What the answers of a store mean for delivering. Pure.
import type { BucketProbe, ProbeFailure, ProbeStep } from '@outpaint/shared/storage/probe-bucket';
import { printable } from '../terminal/printable.ts';
import { type Check, known, notKnown, ok, problem, unknown, warning } from './check.ts';
import { CLOCKS, judgeClock } from './judge-clock.ts';

export interface BucketTerms {
  /** `bucket at endpoint`, for people. */
  readonly where: string;
  /** S3_CONDITIONAL_PUT. */
  readonly conditionalPut: boolean;
}

const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /^(InvalidAccessKeyId|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch)$/,
    'The credentials are wrong: check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile or role.',
  ],
  [
    /^(CredentialsProviderError|TokenProviderError)$/,
    'No credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or give the machine a role.',
  ],
  [
    /^(ExpiredToken|InvalidToken|TokenRefreshRequired)$/,
    'The session has ended: get new credentials (AWS_SESSION_TOKEN).',
  ],
  [/^(RequestTimeTooSkewed|RequestExpired)$/, "This machine's clock is wrong: let NTP set it."],
  [/^NoSuchBucket$/, 'Create the bucket, or correct OUTPAINT_BUCKET.'],
  [
    /^(PermanentRedirect|TemporaryRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/,
    'The bucket lies in another region: correct AWS_REGION or AWS_ENDPOINT_URL_S3.',
  ],
  [
    /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ETIMEDOUT|EPROTO|TimeoutError|AbortError|DEPTH_ZERO_SELF_SIGNED_CERT|CERT_\w+)$/,
    'Check AWS_ENDPOINT_URL_S3, AWS_REGION and the network.',
  ],
  [/^NotImplemented$/, 'This store does not know If-None-Match: set S3_CONDITIONAL_PUT=false.'],
];

const remedyOf = ({ s3Code, status, message }: ProbeFailure, right: string): string => {
  if (/region is missing/i.test(message)) return 'Set AWS_REGION.';
  const row = REMEDIES.find(([pattern]) => pattern.test(s3Code));
  if (row !== undefined) return row[1];
  if (status === 501) return 'This store does not know If-None-Match: set S3_CONDITIONAL_PUT=false.';
  if (status === 403 || s3Code === 'AccessDenied')
    return `Grant the right ${right} on the bucket to these credentials.`;
  if (status === null || status >= 500 || status === 429) return 'Look at the state of the store, then ask again.';
  return 'Check the bucket, its policy and the AWS settings.';
};

const saidOf = ({ s3Code, status, message }: ProbeFailure): string => {
  const name = status === null ? s3Code : `HTTP ${status} ${s3Code}`;
  return printable(message === '' || message === s3Code ? name : `${name}: ${message}`);
};

const NOT_TRIED = 'Not tried, for no object could be written.';
const FIRST = 'Let writing work first.';

/** A step that did not work, and that must. */
const failed = (id: Check['id'], what: string, step: ProbeStep<unknown>, right: string): Check =>
  step.kind === 'failed'
    ? problem(id, `${what} fails: ${saidOf(step.failure)}.`, remedyOf(step.failure, right))
    : unknown(id, NOT_TRIED, FIRST);

export const judgeBucket = (probe: BucketProbe, { where, conditionalPut }: BucketTerms): Check[] => [
  probe.headMissing.kind === 'done'
    ? ok('bucket.look', `Looking for an object in ${where} works.`)
    : failed(
        'bucket.look',
        `Looking for an object in ${where}`,
        probe.headMissing,
        's3:ListBucket (without it a missing object is answered 403)',
      ),
  probe.put.kind === 'done'
    ? ok('bucket.put', 'Writing an object works.')
    : failed('bucket.put', 'Writing an object', probe.put, 's3:PutObject'),
  judgeCondition(probe, conditionalPut),
  judgeRead(probe),
  judgeRemove(probe),
  judgeClock(
    CLOCKS.bucket,
    probe.clockOffsetMs === null ? notKnown('the store does not say its time') : known(probe.clockOffsetMs),
  ),
];

const judgeCondition = ({ secondPut }: BucketProbe, conditionalPut: boolean): Check => {
  const id = 'bucket.conditional_put';
  const kept = secondPut.kind === 'done' && secondPut.value === 'refused';
  if (conditionalPut) {
    if (kept) return ok(id, 'A second write of the same key is refused, as it must be.');
    if (secondPut.kind === 'done') {
      return warning(
        id,
        'The store ignores If-None-Match: a second write of the same key replaced the first, so two workers could write one key.',
        'Set S3_CONDITIONAL_PUT=false, so that workers look first; a small gap stays.',
      );
    }
    return failed(id, 'A second, conditional write', secondPut, 's3:PutObject');
  }
  return kept
    ? warning(
        id,
        'S3_CONDITIONAL_PUT is false, but the store knows If-None-Match.',
        'Set S3_CONDITIONAL_PUT=true: it closes a small gap.',
      )
    : ok(id, 'S3_CONDITIONAL_PUT is false: workers look before they write.');
};

const judgeRead = ({ head, get }: BucketProbe): Check => {
  const id = 'bucket.read';
  if (head.kind !== 'done') return failed(id, 'Asking for the object that was written (HEAD)', head, 's3:GetObject');
  if (get.kind !== 'done') return failed(id, 'Reading the object that was written', get, 's3:GetObject');
  if (get.value === 'other' || !head.value.keepsMetadata) {
    const what = get.value === 'other' ? 'other bytes than were written' : 'the object without its metadata';
    return problem(
      id,
      `The store gives back ${what}.`,
      'Use another store or remove what changes objects on the way: delivery rests on both.',
    );
  }
  return ok(id, 'Reading gives back what was written, with its metadata.');
};

const judgeRemove = ({ key, remove }: BucketProbe): Check => {
  const id = 'bucket.delete';
  if (remove.kind === 'done') return ok(id, 'The probe was removed again.');
  if (remove.kind === 'skipped') return unknown(id, NOT_TRIED, FIRST);
  // Workers never delete, so this hurts nobody but the tidy.
  return warning(
    id,
    `The probe ${key} could not be removed: ${saidOf(remove.failure)}.`,
    'Remove it by hand; workers need no right to delete.',
  );
};
