// Turns what the AWS SDK throws into an OutpaintError that says what to do and holds no secret.
import { OutpaintError } from '../errors/outpaint-error.ts';
import { type StoreErrorCode, storeErrorCode } from './store-error-table.ts';

export type StoreOperation =
  | 'head'
  | 'put'
  | 'get'
  | 'list'
  | 'presign'
  | 'check-bucket'
  | 'read-note'
  | 'write-note'
  | 'write';

export interface StoreCall {
  operation: StoreOperation;
  bucket: string;
  /** The full key; null where there is none. */
  key: string | null;
  /** The request carried `If-None-Match: *`. */
  conditional: boolean;
}

const MESSAGE_CHARS_MAX = 300;

/** The parts of a thrown value that are safe to keep: S3's own errors can carry key ids and strings that were signed. */
const factsOf = (error: unknown): { name: string; message: string; status: number | null; nodeCode: string | null } => {
  if (!(error instanceof Error)) return { name: 'unknown', message: String(error), status: null, nodeCode: null };
  const extra = error as Error & { $metadata?: { httpStatusCode?: number }; code?: unknown };
  return {
    name: error.name,
    message: error.message.slice(0, MESSAGE_CHARS_MAX),
    status: extra.$metadata?.httpStatusCode ?? null,
    nodeCode: typeof extra.code === 'string' ? extra.code : null,
  };
};

/** Nothing in it but name, text and code, so that it can be logged whole. */
const safeCause = ({ name, message, nodeCode }: ReturnType<typeof factsOf>): Error => {
  const cause = new Error(message);
  cause.name = name;
  return nodeCode === null ? cause : Object.assign(cause, { code: nodeCode });
};

/** Some stores answer 501, some 400, to a condition that they do not know. */
const refusesCondition = ({ name, message, status }: ReturnType<typeof factsOf>): boolean =>
  status === 501 ||
  name === 'NotImplemented' ||
  (status === 400 && /if-none-match|condition|implies functionality/i.test(message));

/** The SDK says these with a plain Error, before any request is sent. */
const isSetup = ({ message, status }: ReturnType<typeof factsOf>): boolean =>
  status === null && /region is missing|credential/i.test(message);

const ADVICE: Record<StoreErrorCode, string> = {
  store_unavailable: 'The store gives no usable answer; it is tried again later.',
  store_refused:
    'Check AWS credentials, region, clock, bucket and its policy (s3:GetObject, s3:ListBucket, s3:PutObject).',
  store_rejected_object: 'The store will not take this object as it is.',
};

/** Facts: `operation`, `bucket`, `key`, `status` (null: no answer), `s3Code`. */
export const storeFailure = (error: unknown, call: StoreCall): OutpaintError => {
  const what = factsOf(error);
  const facts = {
    operation: call.operation,
    bucket: call.bucket,
    key: call.key,
    status: what.status,
    s3Code: what.name,
  };
  const options = { facts, cause: safeCause(what) };
  if (call.conditional && refusesCondition(what)) {
    const message = 'This store does not know If-None-Match on a PUT: set S3_CONDITIONAL_PUT=false';
    return new OutpaintError('store_refused', message, options);
  }
  const isHead = call.operation === 'head' || call.operation === 'check-bucket';
  const code = isSetup(what) ? 'store_refused' : storeErrorCode(what.name, what.status, isHead);
  const said = what.message === '' || what.message === what.name ? what.name : `${what.name}: ${what.message}`;
  return new OutpaintError(code, `S3 ${call.operation} in ${call.bucket}: ${said}. ${ADVICE[code]}`, options);
};
