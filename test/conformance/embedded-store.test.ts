// Claims about the store that the demo shows pictures from.
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { startS3 } from '@outpaint/sandbox/services/start-s3';
import { expect, onTestFinished, test } from 'vitest';

const folder = async (): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'outpaint-objects-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
};

const open = async (dir: string) => {
  const service = await startS3({ kind: 'embedded', dir });
  const { endpoint, region, accessKeyId, secretAccessKey } = service;
  const client = new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  onTestFinished(async () => {
    client.destroy();
    await service.stop();
  });
  await client.send(new CreateBucketCommand({ Bucket: 'pictures' }));
  return { service, client };
};

test('an object is a file of its own name, and is there again after a restart with all that belongs to it', async () => {
  const dir = await folder();
  const first = await open(dir);
  const put = { Bucket: 'pictures', Key: 'spring/图 1.jpg', ContentType: 'image/jpeg', Metadata: { owner: 'x_1' } };
  await first.client.send(new PutObjectCommand({ ...put, Body: Buffer.from('bytes') }));
  expect(await readFile(join(dir, 'pictures/spring/图 1.jpg'), 'utf8')).toBe('bytes');
  await first.service.stop();

  const second = await open(dir);
  const head = await second.client.send(new HeadObjectCommand({ Bucket: put.Bucket, Key: put.Key }));
  expect(head).toMatchObject({ ContentType: 'image/jpeg', Metadata: { owner: 'x_1' }, ContentLength: 5 });
  const again = second.client.send(new PutObjectCommand({ ...put, Body: Buffer.from('other'), IfNoneMatch: '*' }));
  await expect(again).rejects.toMatchObject({ name: 'PreconditionFailed' });
  const got = await second.client.send(new GetObjectCommand({ Bucket: put.Bucket, Key: put.Key }));
  expect(await got.Body?.transformToString()).toBe('bytes');
});

test('a deleted object’s file is gone', async () => {
  const dir = await folder();
  const { client } = await open(dir);
  await client.send(new PutObjectCommand({ Bucket: 'pictures', Key: 'a.jpg', Body: Buffer.from('x') }));
  await client.send(new DeleteObjectCommand({ Bucket: 'pictures', Key: 'a.jpg' }));
  await expect(access(join(dir, 'pictures/a.jpg'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('no key leads out of the folder', async () => {
  const outer = await folder();
  const { service } = await open(join(outer, 'inner'));
  // Not through the SDK, which would tidy the path.
  await fetch(`${service.endpoint}/pictures/%2e%2e%2f%2e%2e%2fescaped.txt`, { method: 'PUT', body: 'x' });
  await fetch(`${service.endpoint}/pictures/..%2f..%2f..%2fescaped.txt`, { method: 'PUT', body: 'x' });
  await expect(access(join(outer, 'escaped.txt'))).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(access(join(outer, '..', 'escaped.txt'))).rejects.toMatchObject({ code: 'ENOENT' });
});
