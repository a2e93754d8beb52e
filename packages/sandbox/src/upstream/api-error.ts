// The API's errors that the stand-in gives by itself, with the documented code and text.

export interface ApiError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Rows are as documented at the API's error page and its out-painting page; those marked are observed. */
export const API_ERRORS = {
  keyMissing: { status: 401, code: 'InvalidApiKey', message: 'No API-key provided.' },
  keyInvalid: { status: 401, code: 'InvalidApiKey', message: 'Invalid API-key provided.' },
  syncCall: { status: 403, code: 'AccessDenied', message: 'current user api does not support synchronous calls' },
  modelNotFound: { status: 404, code: 'ModelNotFound', message: 'Model can not be found.' },
  json: { status: 400, code: 'InvalidParameter.JsonPhrase', message: 'input json error' },
  url: {
    status: 400,
    code: 'InvalidURL',
    message: 'Required URL is missing or invalid, please check the request URL.',
  },
  tooLarge: { status: 400, code: 'BadRequest.TooLarge', message: 'Payload Too Large' },
  rate: {
    status: 429,
    code: 'Throttling.RateQuota',
    message: 'Requests rate limit exceeded, please try again later.',
  },
  // Seen by others; the page does not name it.
  concurrency: { status: 429, code: 'Throttling.Concurrency', message: 'Too many concurrent tasks.' },
  cancel: {
    status: 400,
    code: 'UnsupportedOperation',
    message: 'Failed to cancel the task, please confirm if the task is in PENDING status.',
  },
  // Observed for sibling models: an unknown path is a parameter error, not a 404.
  path: { status: 400, code: 'InvalidParameter', message: 'url error, please check url!' },
  fileDownload: { status: 400, code: 'InvalidParameter.FileDownload', message: 'oss download error' },
  imageFormat: { status: 400, code: 'InvalidParameter.ImageFormat', message: 'read image error' },
  imageContent: {
    status: 400,
    code: 'InvalidParameter.ImageContent',
    message: 'The image content does not comply with green network verification',
  },
  dataInspection: {
    status: 400,
    code: 'InvalidParameter.DataInspection',
    message: 'The image size is not supported for the data inspection.',
  },
  // Observed texts; the misspelling is the service's own.
  inputSize: {
    status: 400,
    code: 'InvalidParameter',
    message: 'the size of input image is too small or to large',
  },
  noExtension: { status: 400, code: 'InvalidParameter', message: 'the num of pixel extension is 0' },
  algorithm: { status: 500, code: 'InternalError.Algo', message: 'algorithm process error' },
  fileUpload: { status: 500, code: 'InternalError.FileUpload', message: 'oss upload error' },
  timeout: { status: 500, code: 'InternalError.Timeout', message: 'An internal timeout error has occurred.' },
} as const satisfies Record<string, ApiError>;

/** The error for a value out of its documented range; `what` ends the documented sentence. */
export function parameterError(what: string): ApiError {
  return {
    status: 400,
    code: 'InvalidParameter',
    message: `the parameters must conform to the specification: ${what}`,
  };
}
