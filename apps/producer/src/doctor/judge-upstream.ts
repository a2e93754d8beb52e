// What the API's answer to a free question means: whether it is there, whether the key is good, whether clocks agree. Pure.
import { explain } from '@outpaint/shared/errors/classify';
import type { TaskAnswer } from '@outpaint/shared/upstream/query';
import { printable } from '../terminal/printable.ts';
import { type Check, type Fact, ok, problem, unknown, warning } from './check.ts';
import { CLOCKS, judgeClock } from './judge-clock.ts';
import { isLoopbackHost } from './private-address.ts';

export interface UpstreamFacts {
  readonly baseUrl: string;
  /** The answer to a query of a task that nobody made. */
  readonly answer: Fact<TaskAnswer>;
  /** The API's clock minus ours, ms. */
  readonly clockOffsetMs: Fact<number>;
}

const CHECK_ADDRESS = 'Check DASHSCOPE_BASE_URL (it ends in /api/v1) and the way there: DNS, firewall, proxy.';

export const judgeUpstream = (facts: UpstreamFacts): Check[] => [
  judgeAddress(facts.baseUrl),
  judgeReachable(facts),
  judgeKey(facts),
  judgeClock(CLOCKS.upstream, facts.clockOffsetMs),
];

const judgeAddress = (baseUrl: string): Check => {
  const id = 'upstream.address';
  const url = new URL(baseUrl);
  if (url.username !== '' || url.password !== '') {
    return problem(
      id,
      'DASHSCOPE_BASE_URL holds a user name or password.',
      'Leave it out: the key goes into DASHSCOPE_API_KEY.',
    );
  }
  if (url.protocol === 'https:') return ok(id, `The API is asked at ${url.host} over https.`);
  if (isLoopbackHost(url.hostname)) return ok(id, `The API is asked at ${url.host}, on this machine: a sandbox.`);
  return problem(
    id,
    `DASHSCOPE_BASE_URL is http: the key and every picture's address cross the network in clear.`,
    `Write https://${url.host}${url.pathname} instead.`,
  );
};

const isUnreached = (code: string): boolean =>
  code === 'upstream_unreachable' || code === 'upstream_timeout' || code === 'upstream_reset';
const isStranger = (code: string): boolean =>
  code === 'upstream_not_json' || code === 'upstream_bad_answer' || code === 'upstream_answer_too_large';

const judgeReachable = ({ answer, baseUrl }: UpstreamFacts): Check => {
  const id = 'upstream.reachable';
  const { host } = new URL(baseUrl);
  if (!answer.known) return problem(id, `The API at ${host} does not answer: ${answer.why}.`, CHECK_ADDRESS);
  if (answer.value.kind === 'task') return ok(id, `The API at ${host} answers.`);
  const { code, message, httpStatus } = answer.value.failure;
  if (isUnreached(code)) return problem(id, `The API at ${host} does not answer: ${printable(message)}`, CHECK_ADDRESS);
  if (isStranger(code)) {
    return problem(
      id,
      `What answers at ${host} is not the API: HTTP ${httpStatus ?? '-'}, ${printable(message)}`,
      CHECK_ADDRESS,
    );
  }
  return ok(id, `The API at ${host} answers.`);
};

const judgeKey = ({ answer }: UpstreamFacts): Check => {
  const id = 'upstream.key';
  const untried = (why: string): Check =>
    unknown(
      id,
      `Whether the key is good could not be tried: ${why}.`,
      'Let the API be reachable first, then ask again.',
    );
  if (!answer.known) return untried('the API does not answer');
  if (answer.value.kind === 'task')
    return ok(id, 'The key is good: the API answers a question about a task that nobody made, which costs nothing.');
  const { code, message, httpStatus, class: errorClass } = answer.value.failure;
  if (isUnreached(code) || isStranger(code)) return untried('the API does not answer');
  const said = `HTTP ${httpStatus ?? '-'} ${printable(code)}: ${printable(message)}`;
  if (errorClass === 'account' || httpStatus === 401) {
    return problem(id, `The API refuses the key: ${said}`, explain(code).remedy);
  }
  if (errorClass === 'throttled') {
    return warning(
      id,
      `The account's query limit is used up at the moment (${said}), so somebody else queries with it.`,
      'Look who else uses this account; lower QUERY_RATE_PER_SECOND.',
    );
  }
  return untried(said);
};
