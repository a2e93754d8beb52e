// The message of the queue `intake`: an expansion request, and beside it the trace that its sender is in.
import { z } from 'zod';
import { expansionRequestSchema } from './request-schema.ts';
import { readTraceContext, type TraceContext } from './trace-context.ts';

/** The trace is no part of what is asked for: the same request in another trace is the same expansion. */
export const intakeMessageSchema = expansionRequestSchema
  .extend({
    traceparent: z
      .string()
      .optional()
      .meta({ description: "the sender's span, as W3C Trace Context writes it; a malformed one is ignored" }),
    tracestate: z.string().optional().meta({ description: 'goes with traceparent; a malformed one is ignored' }),
  })
  .meta({ id: 'IntakeMessage', description: 'The data of a job `expand` in the queue `intake`.' });

const CARRIER_CHARS_MAX = 4_096;

/** What an instrumented BullMQ client adds beside the message: JSON of the names that W3C Trace Context gives. */
const ofCarrier = (carrier: string | undefined): TraceContext | null => {
  if (carrier === undefined || typeof carrier !== 'string' || carrier.length > CARRIER_CHARS_MAX) return null;
  try {
    const { traceparent, tracestate } = JSON.parse(carrier) as Record<string, unknown>;
    return readTraceContext(traceparent, tracestate);
  } catch {
    return null;
  }
};

/**
 * The message without its trace, to be checked like any other request. A malformed trace is ignored and taken out: paid
 * work must not fail for how its sender is watched. The message's own trace goes before what its client added.
 */
export const withoutTrace = (
  data: unknown,
  carrier?: string,
): { readonly request: unknown; readonly trace: TraceContext | null } => {
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    return { request: data, trace: ofCarrier(carrier) };
  const { traceparent, tracestate, ...request } = data as Record<string, unknown>;
  return { request, trace: readTraceContext(traceparent, tracestate) ?? ofCarrier(carrier) };
};
