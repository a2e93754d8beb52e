// What the four calls share: the settings, one authorised exchange on the API, and the context of its failures.
import { serverDateOf } from './answer.ts';
import type { ClockOffset } from './clock-offset.ts';
import type { Connection } from './connection.ts';
import type { FailureContext } from './failure.ts';
import { type Exchange, request, type Wire } from './request.ts';

export interface UpstreamSettings {
  /** `https://dashscope.aliyuncs.com/api/v1` or a workspace's own host. */
  baseUrl: string;
  apiKey: string;
  /** Bounds one whole exchange. */
  requestTimeoutMs: number;
  /** True: every 5xx answer to a submit counts as possibly paid. */
  submit5xxInDoubt: boolean;
}

export interface UpstreamDeps {
  /** Waits for the account's query pace; called before each get, list and cancel. What it throws is passed on. */
  pace?: (signal: AbortSignal) => Promise<void>;
  clock: { now(): number };
}

export interface Calls {
  readonly settings: UpstreamSettings;
  readonly deps: UpstreamDeps;
  readonly connection: Connection;
  readonly clockOffset: ClockOffset;
}

type Ask = Pick<Wire, 'method' | 'path' | 'signal'> &
  Partial<Pick<Wire, 'dispatcher' | 'body' | 'beforeSend'>> & { headers?: Record<string, string> };

/** One exchange under the base URL with the key; on the sockets for queries unless another dispatcher is given. */
export const call = async (calls: Calls, ask: Ask): Promise<Exchange> => {
  const sentAt = calls.deps.clock.now();
  const exchange = await request({
    dispatcher: calls.connection.queries,
    ...ask,
    origin: calls.connection.origin,
    path: calls.connection.basePath + ask.path,
    deadlineMs: calls.settings.requestTimeoutMs,
    headers: {
      ...ask.headers,
      authorization: `Bearer ${calls.settings.apiKey}`,
      accept: 'application/json',
      'accept-encoding': 'identity',
    },
  });
  const date = 'headers' in exchange ? serverDateOf(exchange.headers) : null;
  if (date !== null) calls.clockOffset.see({ sentAt, receivedAt: calls.deps.clock.now(), date });
  return exchange;
};

export const contextOf = (calls: Calls): FailureContext => ({
  apiKey: calls.settings.apiKey,
  nowMs: calls.deps.clock.now(),
});
