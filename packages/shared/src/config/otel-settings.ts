// OpenTelemetry's own variables, as far as this program decides by them; the others its SDK reads by itself.
import { address, choice, decimal, flag, integer, optional } from './setting-kinds.ts';

const HTTP = ['http:', 'https:'] as const;

/** Names, defaults and units are those of https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */
export const OTEL_SETTINGS = {
  OTEL_TRACES_EXPORTER: optional(
    choice('none', ['otlp', 'none'], 'otlp sends spans of requests that are followed; none sends none'),
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: optional(
    address(undefined, HTTP, 'the collector; naming one is enough for spans to be sent, to /v1/traces below it'),
  ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: optional(address(undefined, HTTP, 'the same, as the whole address for spans')),
  OTEL_EXPORTER_OTLP_PROTOCOL: choice('http/protobuf', ['http/protobuf'], 'the only one that is spoken'),
  OTEL_TRACES_SAMPLER: choice(
    'parentbased_always_on',
    [
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ],
    "which requests are followed; the parentbased ones go by the caller's word where there is one",
  ),
  OTEL_TRACES_SAMPLER_ARG: decimal(1, 0, 1, 'share', 'of the requests that a ratio follows'),
  OTEL_BSP_SCHEDULE_DELAY: integer(5000, 10, 600_000, 'ms', 'gap between two sendings of spans'),
  OTEL_SDK_DISABLED: flag(false, 'no spans, whatever else is set'),
} as const;
