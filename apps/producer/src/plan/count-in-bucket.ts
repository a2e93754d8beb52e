// How many of a manifest's pictures stand in the bucket already: counted by listing, not by one question for each row.
import { objectKey } from '@outpaint/shared/storage/object-key';
import type { ObjectReader } from '@outpaint/shared/storage/object-reader';
import type { OutputKeys } from './tally-rows.ts';

export interface BucketCount {
  /** Objects that stand where a row's picture would go. Whether outpaint made them is seen when a row is submitted. */
  readonly standing: number;
  /** Objects that were looked at. */
  readonly listed: number;
  /** False where the list was too long, or rows go into too many folders. */
  readonly isWhole: boolean;
}

/** A thousand requests of a thousand keys each: some minutes at most. */
const LISTED_MAX = 1_000_000;

/** Throws what the store throws. Holds one page. */
export const countInBucket = async (
  objects: Pick<ObjectReader, 'list'>,
  place: { readonly bucket: string; readonly keyPrefix: string },
  outputs: OutputKeys,
  listedMax = LISTED_MAX,
): Promise<BucketCount> => {
  let [standing, listed] = [0, 0];
  for (const folder of outputs.folders) {
    const prefix = objectKey(place.keyPrefix, folder);
    for await (const { key } of objects.list(place.bucket, prefix)) {
      if (listed === listedMax) return { standing, listed, isWhole: false };
      listed += 1;
      if (outputs.has(`${folder}${key.slice(prefix.length)}`)) standing += 1;
    }
  }
  return { standing, listed, isWhole: outputs.elsewhere === 0 };
};
