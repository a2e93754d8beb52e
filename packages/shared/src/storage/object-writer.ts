// Writes an object of unknown length into the bucket, in parts, in constant memory.
import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { type ClientSettings, clientConfig } from './client-config.ts';
import { objectKey } from './object-key.ts';
import { storeFailure } from './store-failure.ts';

export interface WrittenObject {
  readonly key: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface ObjectWriting {
  /** Resolves when there is room for more. Throws as the image store does. */
  write(text: string): Promise<void>;
  /** Only from here on it stands in the bucket, whole, in the place of whatever stood there. */
  end(): Promise<WrittenObject>;
  /** Nothing of it stays. Safe to repeat, and after `end`. */
  abort(): Promise<void>;
}

export interface ObjectWriter {
  /** `key` without the prefix. */
  open(key: string, contentType: string): ObjectWriting;
  close(): void;
}

/** S3 takes parts of 5 MiB and more, 10,000 at most: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const PART_BYTES = 8 * 1_048_576;

export const createObjectWriter = (
  settings: ClientSettings & { bucket: string; prefix: string; requestTimeoutMs: number },
): ObjectWriter => {
  const client = new S3Client(clientConfig(settings));
  const Bucket = settings.bucket;

  const open = (key: string, contentType: string): ObjectWriting => {
    const Key = objectKey(settings.prefix, key);
    const hash = createHash('sha256');
    const parts: { PartNumber: number; ETag: string | undefined }[] = [];
    let uploadId: string | undefined;
    let texts: Buffer[] = [];
    let waiting = 0;
    let bytes = 0;

    const ask = async <T>(send: (abortSignal: AbortSignal) => Promise<T>): Promise<T> => {
      try {
        return await send(AbortSignal.timeout(settings.requestTimeoutMs));
      } catch (error) {
        throw storeFailure(error, { operation: 'write', bucket: Bucket, key: Key, conditional: false });
      }
    };
    const taken = (): Buffer => {
      const body = Buffer.concat(texts);
      texts = [];
      waiting = 0;
      return body;
    };
    const sendPart = async (): Promise<void> => {
      const Body = taken();
      uploadId ??= (
        await ask((abortSignal) =>
          client.send(new CreateMultipartUploadCommand({ Bucket, Key, ContentType: contentType }), { abortSignal }),
        )
      ).UploadId;
      const PartNumber = parts.length + 1;
      const command = new UploadPartCommand({ Bucket, Key, UploadId: uploadId, PartNumber, Body });
      parts.push({ PartNumber, ETag: (await ask((abortSignal) => client.send(command, { abortSignal }))).ETag });
    };

    return {
      write: async (text) => {
        const body = Buffer.from(text, 'utf8');
        hash.update(body);
        texts.push(body);
        waiting += body.length;
        bytes += body.length;
        if (waiting >= PART_BYTES) await sendPart();
      },
      end: async () => {
        if (uploadId === undefined) {
          const Body = taken();
          const command = new PutObjectCommand({
            Bucket,
            Key,
            Body,
            ContentLength: Body.length,
            ContentType: contentType,
          });
          await ask((abortSignal) => client.send(command, { abortSignal }));
        } else {
          if (waiting > 0) await sendPart();
          const MultipartUpload = { Parts: parts };
          const command = new CompleteMultipartUploadCommand({ Bucket, Key, UploadId: uploadId, MultipartUpload });
          await ask((abortSignal) => client.send(command, { abortSignal }));
          uploadId = undefined;
        }
        return { key, bytes, sha256: hash.digest('hex') };
      },
      abort: async () => {
        if (uploadId === undefined) return;
        const command = new AbortMultipartUploadCommand({ Bucket, Key, UploadId: uploadId });
        uploadId = undefined;
        await ask((abortSignal) => client.send(command, { abortSignal }));
      },
    };
  };
  return { open, close: () => client.destroy() };
};
