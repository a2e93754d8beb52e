// Whether spans are wanted, by OpenTelemetry's own variables; its libraries are loaded only then.
import type { Logger } from './logger.ts';
import { noTracing, type Tracing } from './tracing.ts';

/** The part `trace` of the settings. */
export interface TracingSettings {
  readonly otelTracesExporter: 'otlp' | 'none' | null;
  readonly otelExporterOtlpEndpoint: string | null;
  readonly otelExporterOtlpTracesEndpoint: string | null;
  readonly otelSdkDisabled: boolean;
  readonly otelTracesSampler: Sampler;
  readonly otelTracesSamplerArg: number;
  readonly otelBspScheduleDelay: number;
}

export type Sampler =
  | 'always_on'
  | 'always_off'
  | 'traceidratio'
  | 'parentbased_always_on'
  | 'parentbased_always_off'
  | 'parentbased_traceidratio';

/** An address is enough; `OTEL_TRACES_EXPORTER=otlp` alone sends to the usual place on this machine. */
export const wantsTracing = (o: TracingSettings): boolean =>
  !o.otelSdkDisabled &&
  o.otelTracesExporter !== 'none' &&
  (o.otelTracesExporter === 'otlp' || o.otelExporterOtlpEndpoint !== null || o.otelExporterOtlpTracesEndpoint !== null);

/** `name` is the service's where `OTEL_SERVICE_NAME` says nothing else. */
export const openTracing = async (settings: TracingSettings, name: string, log: Logger): Promise<Tracing> => {
  if (!wantsTracing(settings)) return noTracing;
  const { createOtelTracing } = await import('./otel-tracing.ts');
  return createOtelTracing(settings, name, log);
};
