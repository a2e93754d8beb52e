// The high-water mark in the bucket: what still knows how far Redis had come when everything was restarted at once.
import type { Mark } from '@outpaint/shared/record/record-store';
import type { ImageStore } from '@outpaint/shared/storage/image-store';

export interface BucketMark {
  /** Null where none was ever written. Throws as the store does; an unreadable note is none. */
  read(): Promise<Mark | null>;
  /** The last one wins: of several workers each writes what it has just seen in Redis. */
  write(mark: Mark, at: number): Promise<void>;
}

/** Null for whatever is no note of ours. */
const parse = (text: string): Mark | null => {
  try {
    const { v, mark, name } = JSON.parse(text) as Record<string, unknown>;
    return v === 1 && Number.isSafeInteger(mark) && typeof name === 'string' ? { mark: mark as number, name } : null;
  } catch {
    return null;
  }
};

export const createBucketMark = (store: Pick<ImageStore, 'readNote' | 'writeNote'>, namespace: string): BucketMark => {
  const key = `.outpaint/${namespace}/high-water.json`;
  return {
    read: async () => {
      const text = await store.readNote(key);
      return text === null ? null : parse(text);
    },
    write: (mark, at) =>
      store.writeNote(
        key,
        `${JSON.stringify({ v: 1, mark: mark.mark, name: mark.name, at: new Date(at).toISOString() })}\n`,
      ),
  };
};
