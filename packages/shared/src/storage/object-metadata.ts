// The metadata that makes an object ours, in both directions.
import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { ObjectToPut, StoredObject } from './image-store.ts';

/** Sent as `x-amz-meta-…`; part of our public interface, so a change needs an ADR. */
const NAMES = {
  expansionId: 'outpaint-expansion-id',
  taskId: 'outpaint-task-id',
  sha256: 'outpaint-sha256',
} as const;

export const metadataOf = (object: ObjectToPut): Record<string, string> => ({
  [NAMES.expansionId]: object.expansionId,
  [NAMES.taskId]: object.taskId,
  [NAMES.sha256]: object.sha256Hex,
});

/** What a HEAD says, in our words. */
export const storedObject = (head: HeadObjectCommandOutput): StoredObject => ({
  expansionId: head.Metadata?.[NAMES.expansionId] ?? null,
  taskId: head.Metadata?.[NAMES.taskId] ?? null,
  bytes: head.ContentLength ?? 0,
  contentType: head.ContentType ?? 'application/octet-stream',
  sha256: head.Metadata?.[NAMES.sha256] ?? null,
  etag: head.ETag ?? null,
});
