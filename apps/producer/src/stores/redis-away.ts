// Whether an error says that Redis is away, or that it will not serve us now.
import { codeOf } from '@outpaint/shared/errors/outpaint-error';

const NETWORK_CODES: readonly string[] = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
];
/** What ioredis says when a server stays away, and what a server says that will not serve us now. */
const REDIS_AWAY = /^(Command timed out|Connection is closed|Stream isn't writeable|Reached the max retries)/i;
const REDIS_REFUSES = /^(NOAUTH|WRONGPASS|NOPERM|READONLY|OOM|MISCONF|LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY)\b/;

/** Whether asking Redis again later may help. */
export const isRedisAway = (error: unknown): boolean =>
  codeOf(error) === 'redis_unreachable' ||
  NETWORK_CODES.includes(codeOf(error)) ||
  (error instanceof Error &&
    (error.name === 'MaxRetriesPerRequestError' ||
      REDIS_AWAY.test(error.message) ||
      REDIS_REFUSES.test(error.message)));
