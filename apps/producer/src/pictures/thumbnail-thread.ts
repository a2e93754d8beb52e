// A thread that makes pictures small: codecs compiled to WebAssembly, away from the server's own thread.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parentPort } from 'node:worker_threads';
import decodeJpeg, { init as initJpegDecoder } from '@jsquash/jpeg/decode.js';
import encodeJpeg, { init as initJpegEncoder } from '@jsquash/jpeg/encode.js';
import decodePng, { init as initPngDecoder } from '@jsquash/png/decode.js';
import decodeWebp, { init as initWebpDecoder } from '@jsquash/webp/decode.js';
import { type Pixels, scaleDown } from './scale-down.ts';

export interface ThumbnailJob {
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly format: 'jpeg' | 'png' | 'webp';
  readonly sideMax: number;
}

export type ThumbnailAnswer =
  | { readonly number: number; readonly bytes: Uint8Array }
  | { readonly number: number; readonly error: string };

const QUALITY = 75;

/** Of the types of browsers only this is needed here. */
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<never> };

/** A class of browsers that the codecs make their answers with. */
class ImagePixels implements Pixels {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;

  constructor(data: Uint8ClampedArray, width: number, height: number) {
    this.data = data;
    this.width = width;
    this.height = height;
  }
}
Object.assign(globalThis, { ImageData: ImagePixels });

/** From the package's own files: fetched as browsers do, they would be asked for by HTTP. */
const codec = async (path: string): Promise<never> =>
  WebAssembly.compile(new Uint8Array(await readFile(fileURLToPath(import.meta.resolve(path)))));

const ready = Promise.all([
  codec('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm').then(initJpegDecoder),
  codec('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm').then(initJpegEncoder),
  codec('@jsquash/png/codec/pkg/squoosh_png_bg.wasm').then(initPngDecoder),
  codec('@jsquash/webp/codec/dec/webp_dec.wasm').then(initWebpDecoder),
]);

const DECODERS: Record<ThumbnailJob['format'], (bytes: ArrayBuffer) => Promise<Pixels>> = {
  // As a camera says that it should be held.
  jpeg: (bytes) => decodeJpeg(bytes, { preserveOrientation: true }),
  png: (bytes) => decodePng(bytes),
  webp: (bytes) => decodeWebp(bytes),
};

const make = async ({ bytes, format, sideMax }: ThumbnailJob): Promise<Uint8Array> => {
  await ready;
  const whole = await DECODERS[format](new Uint8Array(bytes).buffer);
  const small = scaleDown(whole, sideMax);
  return new Uint8Array(await encodeJpeg(small as never, { quality: QUALITY }));
};

parentPort?.on('message', (job: ThumbnailJob) => {
  const answer = (text: ThumbnailAnswer): void => parentPort?.postMessage(text);
  make(job).then(
    (bytes) => answer({ number: job.number, bytes }),
    (error: unknown) => answer({ number: job.number, error: error instanceof Error ? error.message : String(error) }),
  );
});
