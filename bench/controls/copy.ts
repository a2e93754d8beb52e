// One way of copying pictures from an address into the bucket, in a process of its own: ours, or a raw pipe.
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createDownloader } from '@outpaint/shared/download/create-downloader';
import { createImageStore } from '@outpaint/shared/storage/s3-image-store';

export interface Copy {
  readonly way: 'ours' | 'pipe';
  readonly url: string;
  readonly times: number;
  readonly bucket: string;
  readonly prefix: string;
  readonly endpoint: string;
  readonly region: string;
}

// node copy.ts SETTINGS_AS_JSON
const o = JSON.parse(process.argv[2] ?? '{}') as Copy;
const signal = new AbortController().signal;

const downloader = createDownloader({
  hostsAllowed: ['127.0.0.1'],
  addressesAllowed: ['127.0.0.0/8'],
  bytesMax: 67_108_864,
  deadlineMs: 60_000,
});
const store = createImageStore(
  {
    bucket: o.bucket,
    prefix: o.prefix,
    endpoint: o.endpoint,
    region: o.region,
    forcePathStyle: true,
    checksums: 'supported',
    conditionalPut: true,
    requestTimeoutMs: 60_000,
  },
  { now: Date.now },
);
const client = new S3Client({ endpoint: o.endpoint, region: o.region, forcePathStyle: true });

const ours = async (key: string): Promise<number> => {
  const { bytes, image, sha256Hex } = await downloader.download(o.url, signal);
  const put = { key, body: bytes, contentType: image.contentType, sha256Hex, expansionId: key, taskId: key };
  await store.put(put, signal);
  return bytes.length;
};

/** Nothing is looked at and nothing is kept; the answer's length is the object's. */
const pipe = async (key: string): Promise<number> => {
  const answer = await fetch(o.url);
  const length = Number(answer.headers.get('content-length'));
  const Body = Readable.fromWeb(answer.body as ReadableStream);
  await client.send(new PutObjectCommand({ Bucket: o.bucket, Key: `${o.prefix}/${key}`, Body, ContentLength: length }));
  return length;
};

const copy = o.way === 'ours' ? ours : pipe;
await copy('warm');
globalThis.gc?.();
const held = (): number => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
const before = held();
let most = before;
const look = setInterval(() => {
  most = Math.max(most, held());
}, 1);
const begun = performance.now();
let bytes = 0;
for (let i = 0; i < o.times; i += 1) {
  bytes += await copy(`picture-${i}`);
  most = Math.max(most, held());
  // What one transfer has let go of is no part of the next.
  globalThis.gc?.();
}
const ms = performance.now() - begun;
clearInterval(look);
process.stdout.write(`${JSON.stringify({ ms, bytes, held: most - before })}\n`);
process.exit(0);
