// Makes the bucket that the environment names, if it is not there; for the S3 store of docker-compose.yml.
import { CreateBucketCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';

const { env } = process;
const bucket = env.OUTPAINT_BUCKET;
// Endpoint, region and keys: the SDK's own variables.
const client = new S3Client({ forcePathStyle: env.S3_FORCE_PATH_STYLE === 'true' });
const isThere = await client.send(new HeadBucketCommand({ Bucket: bucket })).then(
  () => true,
  (error) => {
    if (error.$metadata?.httpStatusCode === 404) return false;
    throw error;
  },
);
if (!isThere) await client.send(new CreateBucketCommand({ Bucket: bucket }));
console.log(`bucket ${bucket} ${isThere ? 'is there' : 'made'}`);
