// Codes that speak of the service: it asks for patience, or it failed and may succeed the next time.
import type { ErrorRow } from './error-table.ts';

const WAITS = 'Nothing: it is tried again more slowly. If it lasts, lower SUBMIT_RATE_PER_SECOND or UPSTREAM_SLOTS.';
const RETRIES = 'Nothing at first: it is tried again. Once dead-lettered, redrive it when the service has recovered.';

const throttled = (meaning: string): ErrorRow => ({
  class: 'throttled',
  created: 'no',
  http: 429,
  meaning,
  remedy: WAITS,
});
const failed = (http: number, meaning: string, created: 'no' | 'maybe' = 'no'): ErrorRow => ({
  class: 'transient',
  created,
  http,
  meaning,
  remedy: RETRIES,
});

/**
 * Source: the general error page; the two `InternalError` codes with a message are of the API's own page.
 * `created: maybe` stands where the service itself ran out of time: the task may exist although the answer says nothing of it.
 */
export const SERVICE_CODES = {
  Throttling: throttled('Too many requests.'),
  'Throttling.RateQuota': {
    ...throttled('Too many requests in a short time.'),
    message: 'Requests rate limit exceeded, please try again later.',
  },
  LimitRequests: throttled('Too many requests in a short time.'),
  limit_requests: throttled('Too many requests in a short time.'),
  'Throttling.BurstRate': throttled('The number of requests rose too fast.'),
  limit_burst_rate: throttled('The number of requests rose too fast.'),
  'Throttling.AllocationQuota': throttled("The period's quota is used up for now."),
  insufficient_quota: throttled("The period's quota is used up for now."),
  ResourceExhausted: throttled('The service has no capacity at the moment.'),
  'Throttling.Concurrency': throttled('Too many tasks are at work at once.'),
  'Throttling.ServiceOverloaded': throttled('The service is overloaded.'),
  InternalError: failed(500, 'The service failed.'),
  'InternalError.Algo': { ...failed(500, 'The algorithm failed on this picture.'), message: 'algorithm process error' },
  'InternalError.FileUpload': {
    ...failed(500, 'The service could not store the result.'),
    message: 'oss upload error',
  },
  'InternalError.Upload': failed(500, 'The service could not store the result.'),
  'InternalError.Timeout': failed(500, 'The service had no result three hours after the submit.', 'maybe'),
  SystemError: failed(500, 'The service failed.'),
  ModelServiceFailed: failed(500, 'The model failed.'),
  RequestTimeOut: failed(500, 'The service ran out of time for the request.', 'maybe'),
  ResponseTimeout: failed(500, 'The service ran out of time for the answer.', 'maybe'),
  ServiceUnavailable: failed(503, 'The service is not available.'),
  ModelUnavailable: failed(503, 'The model is not available.'),
  UnsupportedOperation: {
    class: 'permanent',
    created: 'no',
    http: 400,
    meaning: 'The task cannot be cancelled any more: it is no longer PENDING.',
    remedy: 'Nothing: its result is delivered when it is there.',
  },
  Conflict: failed(409, 'The request met another one on the same thing.'),
} as const satisfies Record<string, ErrorRow>;
