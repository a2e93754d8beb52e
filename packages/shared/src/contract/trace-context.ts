// W3C Trace Context: which request an expansion belongs to, as its caller said it and as every stage hands it on.

/** Of one span: what comes next is its child. Hex in lower case, as the text writes it. */
export interface TraceContext {
  readonly traceId: string;
  readonly spanId: string;
  /** Bit 0: the caller records this trace. */
  readonly flags: number;
  /** The caller's `tracestate`, handed on as it came; empty where there is none. */
  readonly state: string;
}

/** https://www.w3.org/TR/trace-context/#traceparent-header: later versions may only add to the end. */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
/** A vendor must be able to hand on this much; more is dropped whole, as the text allows. */
const TRACESTATE_CHARS_MAX = 512;
const TRACESTATE_MEMBERS_MAX = 32;
const MEMBER = /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

const stateOf = (given: unknown): string => {
  if (typeof given !== 'string' || given.length > TRACESTATE_CHARS_MAX) return '';
  const members = given
    .split(',')
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((member) => member !== '');
  const names = new Set(members.map((member) => member.split('=')[0]));
  const isRight =
    members.length <= TRACESTATE_MEMBERS_MAX &&
    names.size === members.length &&
    members.every((member) => MEMBER.test(member));
  return isRight ? members.join(',') : '';
};

/**
 * Null where `traceparent` is missing or malformed: such a request begins a trace of its own, and is never refused for it.
 * A malformed `tracestate` is dropped alone. Takes anything that came from outside; pure.
 */
export const readTraceContext = (traceparent: unknown, tracestate?: unknown): TraceContext | null => {
  if (typeof traceparent !== 'string' || traceparent.length > TRACESTATE_CHARS_MAX) return null;
  const [, version, traceId = '', spanId = '', flags = '', rest] = TRACEPARENT.exec(traceparent) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined)) return null;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId, flags: Number.parseInt(flags, 16), state: stateOf(tracestate) };
};

/** As a header has it, of the version that we know. */
export const traceparentOf = ({ traceId, spanId, flags }: TraceContext): string =>
  `00-${traceId}-${spanId}-${(flags & 0xff).toString(16).padStart(2, '0')}`;

/** One line for a record: the traceparent and, behind a space, the tracestate where there is one. */
export const traceText = (context: TraceContext): string =>
  context.state === '' ? traceparentOf(context) : `${traceparentOf(context)} ${context.state}`;

/** What {@link traceText} wrote. */
export const traceOfText = (text: string | undefined): TraceContext | null => {
  if (text === undefined) return null;
  const end = text.indexOf(' ');
  return end < 0 ? readTraceContext(text) : readTraceContext(text.slice(0, end), text.slice(end + 1));
};
