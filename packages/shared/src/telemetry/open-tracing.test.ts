import { expect, test } from 'vitest';
import { settingsOrThrow } from '../config/settings.ts';
import { wantsTracing } from './open-tracing.ts';

const wanted = (env: Record<string, string>): boolean => wantsTracing(settingsOrThrow(env, ['trace']).trace);

test('nothing is sent, and nothing loaded, unless an exporter is named', () => {
  expect(wanted({})).toBe(false);
  expect(wanted({ OTEL_SERVICE_NAME: 'outpaint', OTEL_TRACES_SAMPLER: 'always_on' })).toBe(false);
  expect(wanted({ OTEL_TRACES_EXPORTER: 'otlp' })).toBe(true);
  expect(wanted({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' })).toBe(true);
  expect(wanted({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318/v1/traces' })).toBe(true);
});

test('none and the switch of the whole SDK outdo an address', () => {
  const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://127.0.0.1:4318';
  expect(wanted({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER: 'none' })).toBe(false);
  expect(wanted({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED: 'true' })).toBe(false);
});
