// Our own error codes: snake_case, so that none is taken for one of the API's.
import type { ErrorRow } from './error-table.ts';

const row = (
  errorClass: ErrorRow['class'],
  meaning: string,
  remedy: string,
  created: 'no' | 'maybe' = 'no',
): ErrorRow => ({
  class: errorClass,
  created,
  meaning,
  remedy,
});

const REDRIVE = 'Redrive it; the picture is looked for before anything is paid.';
const REDRIVE_SOON = 'Redrive it soon: the result is paid for and upstream keeps it for a day at most.';
const PAY_AGAIN = 'Only outpaint dead-letter redrive --pay-again makes it anew; it costs one more picture.';
const IT_RETRIES = 'Nothing at first: it is tried again.';

/** `created` speaks of a submit that ended with this code. */
export const OWN_CODES = {
  request_invalid: row(
    'permanent',
    'What was handed in is not a valid request.',
    'Correct what the problems name and hand it in again.',
  ),
  task_deadline_passed: row('permanent', 'The task was not finished before its deadline.', REDRIVE),
  task_canceled: row(
    'permanent',
    'Somebody cancelled the task upstream.',
    'Redrive it if the picture is still wanted; nothing was billed.',
  ),
  batch_cancelled: row(
    'permanent',
    'Its batch was cancelled before anything was paid for it.',
    "Hand it in under another batch if it is still wanted: the report's failed.jsonl is a manifest.",
  ),
  task_failed_without_code: row('transient', 'Upstream said that the task failed, and not why.', IT_RETRIES),
  result_not_an_image: row('transient', 'What the result address gave is not a picture.', REDRIVE_SOON),
  result_truncated: row('transient', 'The result ended before its announced length.', REDRIVE_SOON),
  result_too_large: row(
    'permanent',
    'The result is larger than RESULT_BYTES_MAX.',
    'Raise RESULT_BYTES_MAX, then redrive soon: the result is paid for.',
  ),
  result_timeout: row('transient', 'The result was not downloaded within RESULT_DEADLINE_MS.', REDRIVE_SOON),
  result_encoded: row('transient', 'The result came with a content encoding that was not asked for.', REDRIVE_SOON),
  result_expired: row(
    'permanent',
    'The result is gone: its link expired and upstream no longer knows the task.',
    PAY_AGAIN,
  ),
  result_host_not_allowed: row(
    'permanent',
    'The result lies on a host that is not allowed.',
    'If the host is right, add it to RESULT_HOSTS_ALLOWED and redrive soon.',
  ),
  result_address_forbidden: row(
    'permanent',
    'The result address leads into a private network.',
    'Check the resolver of the workers, then redrive soon.',
  ),
  result_unavailable: row('transient', 'The result could not be fetched.', REDRIVE_SOON),
  result_link_unavailable: row(
    'transient',
    'The link to the result has expired, and upstream could not be asked for a new one.',
    'Bring upstream back into reach; delivering goes on by itself.',
  ),
  output_key_taken: row(
    'permanent',
    'Another picture stands at the output key.',
    'Remove that object and redrive, or hand the row in under another custom_id and output_key.',
  ),
  store_unavailable: row(
    'transient',
    'The bucket cannot be reached.',
    'Bring the store back; delivering goes on by itself.',
  ),
  store_refused: row(
    'transient',
    'The bucket refuses us.',
    'Check the credentials and rights on OUTPAINT_BUCKET; delivering goes on by itself.',
  ),
  store_rejected_object: row(
    'permanent',
    'The bucket rejected this object.',
    'Check the output key and the policy of the bucket, then redrive soon.',
  ),
  source_unavailable: row(
    'source',
    'The source object cannot be presigned or is not there.',
    'Put the object in place, then redrive.',
  ),
  upstream_unreachable: row('transient', 'No connection to the API could be made.', IT_RETRIES),
  upstream_timeout: row('transient', 'The API did not answer in time.', IT_RETRIES, 'maybe'),
  upstream_reset: row('transient', 'The connection broke before the answer was read.', IT_RETRIES, 'maybe'),
  upstream_not_json: row(
    'transient',
    'The answer was not JSON: something between us and the API spoke.',
    IT_RETRIES,
    'maybe',
  ),
  upstream_bad_answer: row(
    'transient',
    'The answer was JSON, but not in a form that the API documents.',
    IT_RETRIES,
    'maybe',
  ),
  upstream_answer_too_large: row(
    'transient',
    'The answer was longer than any that the API gives.',
    IT_RETRIES,
    'maybe',
  ),
  licence_too_old: row(
    'throttled',
    'The worker was held up between its licence and the submit; nothing was sent.',
    IT_RETRIES,
  ),
  worker_lost: row(
    'in_doubt',
    'The worker vanished while it may have been submitting.',
    'outpaint reconcile settles it; only what it holds needs a person.',
    'maybe',
  ),
  redis_went_back: row(
    'account',
    'Redis has forgotten what was paid for: it was restored from a copy, or failed over to one that lagged.',
    'outpaint line status names the tasks that no row knows; it goes on by itself once there are none.',
  ),
  replicas_missing: row(
    'throttled',
    'Fewer replicas than REDIS_WAIT_REPLICAS had the licence in time; nothing was sent.',
    'Bring the replicas back, or lower REDIS_WAIT_REPLICAS.',
  ),
  stuck: row(
    'permanent',
    'It was rescued several times and never moved.',
    `Look at outpaint expansion show first. ${REDRIVE}`,
  ),
  task_taken: row(
    'in_doubt',
    'The API named a task that belongs to another row already.',
    'Compare both pictures; outpaint reconcile --adopt, --release or --give-up says what is true.',
    'maybe',
  ),
  given_up: row(
    'permanent',
    'A person gave it up while its submit was in doubt.',
    'Only outpaint dead-letter redrive --pay-again submits it anew; it may cost one more picture.',
  ),
} as const satisfies Record<string, ErrorRow>;

export type OwnCode = keyof typeof OWN_CODES;

export const isOwnCode = (code: string): code is OwnCode => Object.hasOwn(OWN_CODES, code);
