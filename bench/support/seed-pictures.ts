// Pictures in the bucket for the pages of a gallery that are looked at: the same drawing under each key.
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { drawCatalogPicture } from '@outpaint/sandbox/picture/draw-catalog-picture';
import type { BenchServices } from './services.ts';

const SIZE = { width: 1_600, height: 900 };
const AT_ONCE = 8;

/** Resolves to how many bytes each of them has. */
export const seedPictures = async ({ storeEnv }: BenchServices, keys: readonly string[]): Promise<number> => {
  const client = new S3Client({
    endpoint: storeEnv.AWS_ENDPOINT_URL_S3 ?? '',
    region: storeEnv.AWS_REGION ?? '',
    credentials: {
      accessKeyId: storeEnv.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: storeEnv.AWS_SECRET_ACCESS_KEY ?? '',
    },
    forcePathStyle: true,
  });
  const picture = await drawCatalogPicture('shoe', SIZE);
  const waiting = [...keys];
  const work = async (): Promise<void> => {
    for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
      const where = { Bucket: storeEnv.OUTPAINT_BUCKET, Key: key };
      await client.send(new PutObjectCommand({ ...where, Body: picture, ContentType: 'image/jpeg' }));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  client.destroy();
  return picture.length;
};
