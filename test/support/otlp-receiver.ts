// A collector of spans on a real socket: takes OTLP over HTTP as protobuf, and reads of it what tests ask about.
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface ReceivedSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly facts: Readonly<Record<string, string | boolean | number>>;
}

export interface OtlpReceiver {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  close(): Promise<void>;
}

type Field = { readonly number: number; readonly value: Buffer | bigint };

const varint = (bytes: Buffer, at: number): [value: bigint, next: number] => {
  let value = 0n;
  for (let shift = 0n; ; shift += 7n, at += 1) {
    const byte = bytes[at] ?? 0;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return [value, at + 1];
  }
};

/** The fields of one protobuf message; those of a fixed length are passed over. */
const fieldsOf = (bytes: Buffer): Field[] => {
  const fields: Field[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [key, next] = varint(bytes, at);
    const [number, kind] = [Number(key >> 3n), Number(key & 7n)];
    at = next;
    if (kind === 1) at += 8;
    else if (kind === 5) at += 4;
    else {
      const [value, end] = varint(bytes, at);
      at = kind === 0 ? end : end + Number(value);
      fields.push({ number, value: kind === 0 ? value : bytes.subarray(end, at) });
    }
  }
  return fields;
};

const all = (bytes: Buffer, number: number): Buffer[] =>
  fieldsOf(bytes).flatMap((field) => (field.number === number && Buffer.isBuffer(field.value) ? [field.value] : []));
const first = (bytes: Buffer, number: number): Buffer => all(bytes, number)[0] ?? Buffer.alloc(0);

/** KeyValue is { 1: key, 2: AnyValue }, and AnyValue { 1: text, 2: flag, 3: whole number }. */
const factsOf = (pairs: readonly Buffer[]): Record<string, string | boolean | number> =>
  Object.fromEntries(
    pairs.map((pair) => {
      const [field] = fieldsOf(first(pair, 2));
      const value = field?.value ?? 0n;
      const read = Buffer.isBuffer(value) ? value.toString('utf8') : field?.number === 2 ? value === 1n : Number(value);
      return [first(pair, 1).toString('utf8'), read];
    }),
  );

/** By opentelemetry/proto/trace/v1/trace.proto: a request holds resource spans, those scope spans, those spans. */
const spansOf = (request: Buffer): ReceivedSpan[] =>
  all(request, 1).flatMap((resourceSpans) => {
    const resource = factsOf(all(first(resourceSpans, 1), 1));
    return all(resourceSpans, 2)
      .flatMap((scopeSpans) => all(scopeSpans, 2))
      .map((span) => ({
        service: String(resource['service.name']),
        name: first(span, 5).toString('utf8'),
        traceId: first(span, 1).toString('hex'),
        spanId: first(span, 2).toString('hex'),
        parentId: first(span, 4).toString('hex'),
        facts: factsOf(all(span, 9)),
      }));
  });

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const bytes = Buffer.concat(await request.toArray());
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
};

/** Listens on a free loopback port. */
export const startOtlpReceiver = async (): Promise<OtlpReceiver> => {
  const spans: ReceivedSpan[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      spans.push(...spansOf(body));
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
