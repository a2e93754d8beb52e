// What stands in a bucket, object by object, with what each says of itself.
import { HeadObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { StoredObject } from './row-facts.ts';

const AT_ONCE = 16;

/** By key. Everything is asked of the store itself. */
export const readObjects = async (store: S3Client, bucket: string): Promise<Map<string, StoredObject>> => {
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const page = await store.send(
      new ListObjectsV2Command({ Bucket: bucket, ...(token === undefined ? {} : { ContinuationToken: token }) }),
    );
    keys.push(...(page.Contents ?? []).flatMap((object) => object.Key ?? []));
    token = page.NextContinuationToken;
  } while (token !== undefined);
  const objects = new Map<string, StoredObject>();
  for (let i = 0; i < keys.length; i += AT_ONCE) {
    await Promise.all(
      keys.slice(i, i + AT_ONCE).map(async (key) => {
        const { Metadata = {} } = await store.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        objects.set(key, {
          taskId: Metadata['outpaint-task-id'] ?? null,
          expansionId: Metadata['outpaint-expansion-id'] ?? null,
        });
      }),
    );
  }
  return objects;
};
