import { expect, test } from 'vitest';
import { type TracingSettings, wantsTracing } from './open-tracing.ts';

const NOTHING_SET: TracingSettings = {
  otelTracesExporter: null,
  otelExporterOtlpEndpoint: null,
  otelExporterOtlpTracesEndpoint: null,
  otelSdkDisabled: false,
  otelTracesSampler: 'parentbased_always_on',
  otelTracesSamplerArg: 1,
  otelBspScheduleDelay: 5_000,
};
const wanted = (some: Partial<TracingSettings>): boolean => wantsTracing({ ...NOTHING_SET, ...some });
const otelExporterOtlpEndpoint = 'http://127.0.0.1:4318';

test('nothing is sent, and nothing loaded, unless an exporter is named', () => {
  expect(wanted({})).toBe(false);
  expect(wanted({ otelTracesSampler: 'always_on' })).toBe(false);
  expect(wanted({ otelTracesExporter: 'otlp' })).toBe(true);
  expect(wanted({ otelExporterOtlpEndpoint })).toBe(true);
  expect(wanted({ otelExporterOtlpTracesEndpoint: 'http://127.0.0.1:4318/v1/traces' })).toBe(true);
});

test('none, and the switch of the whole SDK, outdo an address', () => {
  expect(wanted({ otelExporterOtlpEndpoint, otelTracesExporter: 'none' })).toBe(false);
  expect(wanted({ otelExporterOtlpEndpoint, otelSdkDisabled: true })).toBe(false);
});
