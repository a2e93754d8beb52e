// The pictures of an expansion for people to look at: what was made comes from the bucket, what it was made of from its source.
import { addAbortSignal } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ExpansionRequest } from '@outpaint/shared/contract/request';
import { addressRules } from '@outpaint/shared/download/address-allowed';
import { before } from '@outpaint/shared/download/before';
import { fetchBytes } from '@outpaint/shared/download/fetch-bytes';
import { readImage } from '@outpaint/shared/download/read-image';
import { resolveOnce, systemLookup } from '@outpaint/shared/download/resolve-once';
import { readResultUrl } from '@outpaint/shared/download/result-url';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { objectKey } from '@outpaint/shared/storage/object-key';
import type { ObjectReader } from '@outpaint/shared/storage/object-reader';

export interface ShownPicture {
  readonly bytes: Buffer;
  readonly contentType: string;
}

export interface Pictures {
  /** Null where nothing stands. Throws an OutpaintError where it cannot be fetched or is no picture that browsers show. */
  read(request: Pick<ExpansionRequest, 'source' | 'output_key'>, of: 'source' | 'result'): Promise<ShownPicture | null>;
}

export interface PictureSettings {
  readonly bucket: string;
  readonly keyPrefix: string;
  readonly bytesMax: number;
  /** For one picture, connecting and resolving included. */
  readonly deadlineMs: number;
  /** CIDR ranges that may be fetched from although they are not public; development only. */
  readonly addressesAllowed: readonly string[];
}

const IDLE_MS = 10_000;

/** A source's address comes from a caller: it is fetched as carefully as a result's, from public addresses and without redirects. */
export const createPictures = (objects: Pick<ObjectReader, 'open'>, settings: PictureSettings): Pictures => {
  const rules = addressRules(settings.addressesAllowed);
  const { bytesMax, deadlineMs } = settings;

  const stored = async (s3Url: string): Promise<Buffer | null> => {
    const object = await objects.open(s3Url);
    if (object === null) return null;
    let length = 0;
    object.body.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > bytesMax)
        object.body.destroy(new OutpaintError('result_too_large', 'The object is larger than RESULT_BYTES_MAX.'));
    });
    addAbortSignal(AbortSignal.timeout(deadlineMs), object.body);
    return buffer(object.body);
  };
  const fetched = async (address: string): Promise<Buffer> => {
    const signal = AbortSignal.timeout(deadlineMs);
    const url = readResultUrl(address);
    const addresses = await before(signal, resolveOnce(url, rules, systemLookup));
    return (await fetchBytes(url, addresses, { bytesMax, idleMs: IDLE_MS }, signal)).bytes;
  };

  return {
    read: async ({ source, output_key: key }, of) => {
      const bytes =
        of === 'result'
          ? await stored(`s3://${settings.bucket}/${objectKey(settings.keyPrefix, key)}`)
          : source.startsWith('s3://')
            ? await stored(source)
            : await fetched(source);
      return bytes === null ? null : { bytes, contentType: readImage(bytes).contentType };
    },
  };
};
