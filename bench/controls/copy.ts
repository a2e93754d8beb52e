// One way of copying pictures from an address into the bucket, in a process of its own: ours, or a raw pipe.
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createDownloader } from '@outpaint/shared/download/create-downloader';
import { createImageStore } from '@outpaint/shared/storage/s3-image-store';

export interface Copy {
  readonly way: 'ours' | 'pipe';
  readonly url: string;
  /** A picture of a few bytes: what everything is loaded and connected with before. */
  readonly smallUrl: string;
  /** Timed it is let alone; for its memory the garbage is collected before each look, so that what is held is seen. */
  readonly figure: 'speed' | 'memory';
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

const ours = async (url: string, key: string): Promise<number> => {
  const { bytes, image, sha256Hex } = await downloader.download(url, signal);
  const put = { key, body: bytes, contentType: image.contentType, sha256Hex, expansionId: key, taskId: key };
  await store.put(put, signal);
  return bytes.length;
};

/** Nothing is looked at and nothing is kept; the answer's length is the object's. */
const pipe = async (url: string, key: string): Promise<number> => {
  const answer = await fetch(url);
  const length = Number(answer.headers.get('content-length'));
  const Body = Readable.fromWeb(answer.body as ReadableStream);
  await client.send(new PutObjectCommand({ Bucket: o.bucket, Key: `${o.prefix}/${key}`, Body, ContentLength: length }));
  return length;
};

const copy = o.way === 'ours' ? ours : pipe;
for (let i = 0; i < 5; i += 1) await copy(o.smallUrl, `warm-${i}`);
const held = (): number => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
const before = held();
let most = before;
const note = (): void => {
  most = Math.max(most, held());
};
const look = o.figure === 'memory' ? setInterval(note, 1) : undefined;
const begun = performance.now();
let bytes = 0;
for (let i = 0; i < o.times; i += 1) bytes += await copy(o.url, `picture-${i}`);
const ms = performance.now() - begun;
clearInterval(look);
process.stdout.write(`${JSON.stringify({ ms, bytes, held: most - before })}\n`);
process.exit(0);
