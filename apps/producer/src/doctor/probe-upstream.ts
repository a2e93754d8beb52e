// Asks the API about a task that nobody made: it costs nothing and tells whether the key is good.
import { createRecordingUpstream, type RecordedExchange } from '@outpaint/shared/upstream/record-exchange';
import { type Fact, known, notKnown } from './check.ts';
import { CHECK_MS_MAX, factWithin } from './fact-within.ts';
import type { UpstreamFacts } from './judge-upstream.ts';

export interface UpstreamProbeInput {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly requestTimeoutMs: number;
  /** An id that no task has. */
  readonly taskId: string;
  readonly now: () => number;
}

/** Never rejects, never pays, takes five seconds at most. */
export const probeUpstream = async (o: UpstreamProbeInput): Promise<UpstreamFacts> => {
  const seen: RecordedExchange[] = [];
  const upstream = createRecordingUpstream(
    {
      baseUrl: o.baseUrl,
      apiKey: o.apiKey,
      requestTimeoutMs: Math.min(o.requestTimeoutMs, CHECK_MS_MAX - 500),
      submit5xxInDoubt: true,
    },
    { clock: { now: o.now } },
    (exchange) => seen.push(exchange),
  );
  try {
    const answer = await factWithin(() => upstream.query(o.taskId, { signal: new AbortController().signal }));
    return { baseUrl: o.baseUrl, answer, clockOffsetMs: offsetOf(seen[0]) };
  } finally {
    await factWithin(() => upstream.close());
  }
};

/** By the `Date` of the answer, which has whole seconds, against the middle of the exchange. */
export const offsetOf = (exchange: RecordedExchange | undefined): Fact<number> => {
  const written = exchange?.headers.date;
  const date = typeof written === 'string' ? Date.parse(written) : Number.NaN;
  if (exchange === undefined || Number.isNaN(date)) return notKnown('no answer said its time');
  return known(Math.round(date + 500 - (exchange.sentAt + exchange.endedAt) / 2));
};
