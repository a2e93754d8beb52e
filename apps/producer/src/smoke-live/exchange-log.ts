// The exchanges of a trial as evidence: numbered, said what for, bounded, and without the polls that changed nothing.
import type { RecordedExchange } from '@outpaint/shared/upstream/record-exchange';

export interface KeptExchange {
  readonly n: number;
  /** What it was made for: the id of a question, or `watch`. */
  readonly purpose: string;
  readonly at: string;
  readonly ms: number;
  readonly method: string;
  readonly url: string;
  readonly request: { readonly headers: object; readonly body: unknown };
  readonly answer: { readonly status: number | null; readonly headers: object; readonly body: unknown } | null;
  readonly fault: string | null;
}

export interface ExchangeLog {
  /** What the exchanges from now on are for. */
  about(purpose: string): void;
  record(exchange: RecordedExchange): void;
  /** The last one, as it was. */
  last(): RecordedExchange | null;
  /** The body of its answer; null where that is no JSON. For what our client has no use for. */
  lastJson(): unknown;
  kept(): readonly KeptExchange[];
  /** All of them, also those not kept. */
  readonly count: number;
  /** Names of headers that answers had, in lower case. */
  readonly headerNames: ReadonlySet<string>;
  /** Every Retry-After, with the status it came with. */
  readonly retryAfters: readonly { readonly status: number | null; readonly value: string }[];
  readonly throttled: number;
}

/** Five tasks change their status some four times each; the rest are single questions. */
const KEPT_MAX = 300;
const TEXT_CHARS_MAX = 2_000;
/** Purposes that ask the same over and over. */
const REPEATING: readonly string[] = ['watch', 'retry_after'];

const bodyOf = (bytes: Buffer): unknown => {
  if (bytes.length === 0) return null;
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text.slice(0, TEXT_CHARS_MAX);
  }
};

export const createExchangeLog = (): ExchangeLog => {
  const kept: KeptExchange[] = [];
  const headerNames = new Set<string>();
  const retryAfters: { status: number | null; value: string }[] = [];
  const statusByUrl = new Map<string, string>();
  let purpose = 'start';
  let last: RecordedExchange | null = null;
  let count = 0;
  let throttled = 0;

  const changesNothing = (exchange: RecordedExchange, body: unknown): boolean => {
    const output = (body as { output?: { task_status?: unknown } } | null)?.output;
    const seen = `${exchange.status} ${String(output?.task_status ?? '')}`;
    const isRepeat = statusByUrl.get(exchange.url) === seen;
    statusByUrl.set(exchange.url, seen);
    return isRepeat && REPEATING.includes(purpose);
  };

  return {
    about: (next) => {
      purpose = next;
    },
    record: (exchange) => {
      last = exchange;
      count += 1;
      if (exchange.status === 429) throttled += 1;
      for (const [name, value] of Object.entries(exchange.headers)) {
        headerNames.add(name);
        if (name === 'retry-after') retryAfters.push({ status: exchange.status, value: String(value) });
      }
      const body = bodyOf(exchange.body);
      if (changesNothing(exchange, body) || kept.length >= KEPT_MAX) return;
      kept.push({
        n: kept.length + 1,
        purpose,
        at: new Date(exchange.sentAt).toISOString(),
        ms: Math.round(exchange.endedAt - exchange.sentAt),
        method: exchange.method,
        url: exchange.url,
        request: { headers: exchange.requestHeaders, body: bodyOf(Buffer.from(exchange.requestBody ?? '')) },
        answer: exchange.status === null ? null : { status: exchange.status, headers: exchange.headers, body },
        fault: exchange.fault,
      });
    },
    last: () => last,
    lastJson: () => {
      const body = last === null ? null : bodyOf(last.body);
      return typeof body === 'string' ? null : body;
    },
    kept: () => kept,
    get count() {
      return count;
    },
    headerNames,
    retryAfters,
    get throttled() {
      return throttled;
    },
  };
};
