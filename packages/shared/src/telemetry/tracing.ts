// Spans of an expansion's way, where somebody wants them; the context of a caller is handed on in any case.
import type { TraceContext } from '../contract/trace-context.ts';

/** One span per stay at a station on the way. */
export type SpanName = 'intake' | 'submit' | 'poll' | 'deliver' | 'dead-letter';

export type SpanFacts = Readonly<Record<string, string | number | boolean | null>>;

export interface OpenSpan {
  /** What is kept with the expansion, so that later stages belong to the same trace; null where nobody follows it. */
  readonly context: TraceContext | null;
  /** Facts that are known later, such as the outcome. */
  note(facts: SpanFacts): void;
}

export interface SpanTerms {
  /** The span that this one is a child of; null where its caller named none. */
  readonly parent: TraceContext | null;
  /** Begins a trace where there is no parent. Elsewhere an expansion without one is not followed. */
  readonly begins?: boolean;
  /** `server` answers a request, `consumer` takes a message. */
  readonly kind?: 'server' | 'consumer';
  readonly facts: SpanFacts;
}

export interface Tracing {
  /** Answers and throws what `work` does, and never fails of its own. */
  during<T>(name: SpanName, terms: SpanTerms, work: (span: OpenSpan) => Promise<T>): Promise<T>;
  /** Sends what is not sent yet, for a few seconds at most. Never rejects. */
  close(): Promise<void>;
}

/** No spans, no library, no cost: a caller's context goes through as it came. */
export const noTracing: Tracing = {
  during: (_name, { parent }, work) => work({ context: parent, note: () => undefined }),
  close: async () => undefined,
};
