// Spans by OpenTelemetry, sent as OTLP over HTTP. Loaded only where an exporter is named, see `open-tracing.ts`.
import { DiagLogLevel, diag, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { readTraceContext, type TraceContext, traceparentOf } from '../contract/trace-context.ts';
import { codeOf } from '../errors/outpaint-error.ts';
import type { Logger } from './logger.ts';
import type { TracingSettings } from './open-tracing.ts';
import type { SpanFacts, Tracing } from './tracing.ts';

/** A collector that is away must not keep a stopping program. */
const CLOSE_MS = 3_000;
/** A collector that is away fails with every batch of spans; one line in a while says as much. */
const COMPLAIN_MS = 60_000;

const KIND = { server: SpanKind.SERVER, consumer: SpanKind.CONSUMER } as const;

const samplerOf = ({ otelTracesSampler: name, otelTracesSamplerArg: ratio }: TracingSettings): Sampler => {
  const root = name.endsWith('on')
    ? new AlwaysOnSampler()
    : name.endsWith('off')
      ? new AlwaysOffSampler()
      : new TraceIdRatioBasedSampler(ratio);
  return name.startsWith('parentbased') ? new ParentBasedSampler({ root }) : root;
};

/** Each fact under our own name, so that it meets none of OpenTelemetry's. */
const noted = (span: Span, facts: SpanFacts): void => {
  for (const [name, value] of Object.entries(facts)) if (value !== null) span.setAttribute(`outpaint.${name}`, value);
};

const contextOf = (span: Span, parent: TraceContext | null): TraceContext | null => {
  const { traceId, spanId, traceFlags } = span.spanContext();
  // A caller's context that we do not record is handed on as it came.
  if (!span.isRecording() && parent !== null) return parent;
  return readTraceContext(traceparentOf({ traceId, spanId, flags: traceFlags, state: '' }), parent?.state);
};

const complainTo = (log: Logger): void => {
  let at = Number.NEGATIVE_INFINITY;
  const warn = (message: string): void => {
    if (performance.now() - at < COMPLAIN_MS) return;
    at = performance.now();
    log.warn({ part: 'tracing', reason: message.slice(0, 500) }, 'spans could not be sent; the work goes on');
  };
  const silent = (): void => undefined;
  diag.setLogger({ error: warn, warn, info: silent, debug: silent, verbose: silent }, DiagLogLevel.WARN);
};

export const createOtelTracing = (settings: TracingSettings, name: string, log: Logger): Tracing => {
  complainTo(log);
  const exporter = new OTLPTraceExporter();
  const provider = new TracerProvider({
    // The environment's name of the service, and its attributes, come last and win.
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': name }))
      .merge(detectResources({ detectors: [envDetector] })),
    sampler: samplerOf(settings),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: settings.otelBspScheduleDelay })],
  });
  const tracer = provider.getTracer('outpaint');
  return {
    during: async (spanName, { parent, begins = false, kind, facts }, work) => {
      if (parent === null && !begins) return work({ context: null, note: () => undefined });
      const above =
        parent === null
          ? ROOT_CONTEXT
          : trace.setSpanContext(ROOT_CONTEXT, {
              traceId: parent.traceId,
              spanId: parent.spanId,
              traceFlags: parent.flags & 1,
              isRemote: true,
            });
      const span = tracer.startSpan(spanName, kind === undefined ? {} : { kind: KIND[kind] }, above);
      noted(span, facts);
      try {
        return await work({ context: contextOf(span, parent), note: (more) => noted(span, more) });
      } catch (error) {
        // The code and not the message: what others wrote stays out of spans.
        span.setStatus({ code: SpanStatusCode.ERROR, message: codeOf(error) });
        throw error;
      } finally {
        span.end();
      }
    },
    close: async () => {
      const { promise: tooLate, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, CLOSE_MS);
      await Promise.race([provider.shutdown().catch((error: unknown) => diag.error(String(error))), tooLate]);
      clearTimeout(timer);
    },
  };
};
