// What can be said only when all exchanges are over: headers, Retry-After and statuses.
import type { Trial } from './trial.ts';

export const settleHeaders = ({ answers, log }: Trial): void => {
  const { retryAfters, throttled, count } = log;
  const seen = retryAfters.map(({ status, value }) => `${value} with ${status}`).join(', ');
  if (retryAfters.length > 0) answers.settle('retry_after', 'observed', `Yes: ${seen}.`, { retry_after: retryAfters });
  else if (throttled > 0)
    answers.settle('retry_after', 'observed', `No: ${throttled} answers with 429 had none.`, { throttled });
  else
    answers.settle('retry_after', 'not_settled', `None in ${count} answers, but no answer was a 429.`, {
      answers: count,
    });
  const names = [...log.headerNames].sort();
  if (names.length > 0)
    answers.settle('api_headers', 'observed', `${names.length} names: ${names.join(', ')}.`, { names });
};

const KNOWN = ['PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'UNKNOWN'];

/** One way for each kind of end; a status that the documentation does not have is what is looked for. */
export const settleStatuses = ({ answers, tasks }: Trial): void => {
  const ways = new Set(tasks.filter(({ history }) => history.length > 0).map(wayOf));
  if (ways.size === 0) return;
  const odd = [...new Set(tasks.flatMap(({ history }) => history.map(({ status }) => status)))].filter(
    (status) => !KNOWN.includes(status),
  );
  const seen = [...ways].join('; ');
  if (odd.length > 0)
    answers.settle('statuses', 'observed', `${odd.join(', ')} was seen: ${seen}.`, { ways: [...ways] });
  else answers.settle('statuses', 'lower_bound', `${seen}; SUSPENDED was not seen.`, { ways: [...ways] });
};

const wayOf = ({ history }: Trial['tasks'][number]): string => history.map(({ status }) => status).join(' → ');
