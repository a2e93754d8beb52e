// What the worker asks of the place where pictures are kept: look, put once, and lend a source.

/** What the bucket says about an object; the names of its metadata are part of our public interface. */
export interface StoredObject {
  /** From metadata `outpaint-expansion-id`; null for an object that is not ours. */
  expansionId: string | null;
  /** From metadata `outpaint-task-id`. */
  taskId: string | null;
  bytes: number;
  contentType: string;
  /** Lower-case hex, from metadata `outpaint-sha256`: what we stored, whatever the store computes. */
  sha256: string | null;
  /** As the store gives it, with its quotes. */
  etag: string | null;
}

export interface ObjectToPut {
  /** The expansion's `output_key`, without the prefix. */
  key: string;
  body: Buffer;
  contentType: string;
  /** SHA-256 of `body`, lower-case hex. */
  sha256Hex: string;
  expansionId: string;
  taskId: string;
}

export interface PutResult {
  /** `exists`: somebody was first, nothing was written; `head` says who. */
  kind: 'stored' | 'exists';
  etag: string | null;
}

/**
 * Every call is bounded by `requestTimeoutMs`, is tried once, and throws an OutpaintError with one of the codes
 * `store_unavailable` (try again later), `store_refused` (a person must mend the installation) or
 * `store_rejected_object` (this object will never be taken). An abort by the caller's signal rejects with its reason.
 */
export interface ImageStore {
  /** Null when there is no such object. S3 says so for a missing bucket too: see `checkBucket`. */
  head(key: string, signal?: AbortSignal): Promise<StoredObject | null>;
  /** Safe to repeat: a second put of the same key answers `exists`. */
  put(object: ObjectToPut, signal?: AbortSignal): Promise<PutResult>;
  /** A GET URL for `s3://bucket/key`, signed here without asking the store; 1 second to 7 days. */
  presignSource(s3Url: string, secondsValid: number): Promise<string>;
  /** Throws `store_refused` when the bucket is not there or not ours to use; for the start, before anything is paid. */
  checkBucket(signal?: AbortSignal): Promise<void>;
  /** A short text of our own; null where there is none. */
  readNote(key: string): Promise<string | null>;
  /** Replaces it. */
  writeNote(key: string, text: string): Promise<void>;
  /** `s3://bucket/prefix/key`, for reports and messages. */
  location(key: string): string;
  close(): void;
}
