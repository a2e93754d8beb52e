// What each S3 error means for us: wait, call a person, or give up this object.

export type StoreErrorCode = 'store_unavailable' | 'store_refused' | 'store_rejected_object';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, and names that the SDK itself throws. */
export const STORE_ERROR_TABLE = {
  // It may work in a moment.
  SlowDown: 'store_unavailable',
  ServiceUnavailable: 'store_unavailable',
  InternalError: 'store_unavailable',
  RequestTimeout: 'store_unavailable',
  Busy: 'store_unavailable',
  ThrottlingException: 'store_unavailable',
  TooManyRequests: 'store_unavailable',
  TimeoutError: 'store_unavailable',
  // Another conditional write of the key is under way (409): https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
  ConditionalRequestConflict: 'store_unavailable',
  OperationAborted: 'store_unavailable',
  // The bytes were damaged on the way: the next try sends them anew.
  BadDigest: 'store_unavailable',
  XAmzContentChecksumMismatch: 'store_unavailable',
  XAmzContentSHA256Mismatch: 'store_unavailable',
  IncompleteBody: 'store_unavailable',

  // Every object would fare the same: keys, clock, bucket or policy.
  AccessDenied: 'store_refused',
  AllAccessDisabled: 'store_refused',
  AccountProblem: 'store_refused',
  NotSignedUp: 'store_refused',
  Forbidden: 'store_refused',
  InvalidAccessKeyId: 'store_refused',
  InvalidClientTokenId: 'store_refused',
  UnrecognizedClientException: 'store_refused',
  SignatureDoesNotMatch: 'store_refused',
  AuthorizationHeaderMalformed: 'store_refused',
  AuthorizationQueryParametersError: 'store_refused',
  RequestTimeTooSkewed: 'store_refused',
  RequestExpired: 'store_refused',
  ExpiredToken: 'store_refused',
  InvalidToken: 'store_refused',
  TokenRefreshRequired: 'store_refused',
  InvalidSecurity: 'store_refused',
  NoSuchBucket: 'store_refused',
  InvalidBucketName: 'store_refused',
  InvalidBucketState: 'store_refused',
  QuotaExceeded: 'store_refused',
  PermanentRedirect: 'store_refused',
  TemporaryRedirect: 'store_refused',
  IllegalLocationConstraintException: 'store_refused',
  MethodNotAllowed: 'store_refused',
  NotImplemented: 'store_refused',
  MissingSecurityHeader: 'store_refused',
  CredentialsProviderError: 'store_refused',
  TokenProviderError: 'store_refused',

  // This object, and only this one.
  KeyTooLongError: 'store_rejected_object',
  EntityTooLarge: 'store_rejected_object',
  EntityTooSmall: 'store_rejected_object',
  MetadataTooLarge: 'store_rejected_object',
  InvalidObjectName: 'store_rejected_object',
  InvalidURI: 'store_rejected_object',
  MaxMessageLengthExceeded: 'store_rejected_object',
} as const satisfies Record<string, StoreErrorCode>;

const isKnown = (name: string): name is keyof typeof STORE_ERROR_TABLE => Object.hasOwn(STORE_ERROR_TABLE, name);

/**
 * The code of a failure by its S3 name, else by its HTTP status; no status at all is the network.
 * An answer to HEAD has no body and so no name: its 4xx speak of keys and policy, not of the object.
 */
export const storeErrorCode = (name: string, status: number | null, isHead: boolean): StoreErrorCode => {
  if (isKnown(name)) return STORE_ERROR_TABLE[name];
  if (status === null || status >= 500 || status === 408 || status === 409 || status === 429)
    return 'store_unavailable';
  if (isHead || status < 400 || status === 401 || status === 403 || status === 405) return 'store_refused';
  return 'store_rejected_object';
};
