// `outpaint doctor` in front of a store that refuses, forgets, lies or is away: the verdict and the remedy of each.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { startS3Gate } from '@outpaint/sandbox/services/start-s3-gate';
import { expect, inject, it, onTestFinished } from 'vitest';
import { spawnProgram } from '../support/child.ts';
import { deadPort } from '../support/raw-server.ts';
import { freshBucket } from '../support/s3-server.ts';

interface Check {
  readonly id: string;
  readonly verdict: string;
  readonly says: string;
  readonly remedy: string | null;
}

const diagnose = async (env: Record<string, string>) => {
  const base = { DASHSCOPE_API_KEY: 'sk-of-nobody', REDIS_URL: inject('redisUrl'), AWS_EC2_METADATA_DISABLED: 'true' };
  const program = spawnProgram('apps/producer/src/main.ts', {
    args: ['doctor', '--json'],
    env: { ...base, DASHSCOPE_BASE_URL: `http://127.0.0.1:${await deadPort()}/api/v1`, ...env },
  });
  const { code } = await program.exited;
  const { checks } = JSON.parse(program.stdout()) as { checks: Check[] };
  const of = (id: string): Check => {
    const found = checks.find((check) => check.id === `bucket.${id}`);
    if (found === undefined) throw new Error(`no check ${id} in ${program.stdout()}`);
    return found;
  };
  return { code, of, output: program.stdout() + program.stderr() };
};

const gatedBucket = async () => {
  const gate = await startS3Gate({ target: inject('s3').endpoint });
  onTestFinished(() => gate.close());
  const bucket = await freshBucket();
  return { gate, bucket, env: { ...bucket.env, AWS_ENDPOINT_URL_S3: gate.endpoint } };
};

const verdict = (wanted: string, says: RegExp, remedy: RegExp) => ({
  verdict: wanted,
  says: expect.stringMatching(says),
  remedy: expect.stringMatching(remedy),
});

it('a good store is well in every check, and the probe is removed', async () => {
  const bucket = await freshBucket();
  const { of } = await diagnose({ ...bucket.env, OUTPAINT_KEY_PREFIX: 'shop' });
  for (const id of ['look', 'put', 'conditional_put', 'read', 'delete', 'clock', 'source_endpoint']) {
    expect(of(id)).toMatchObject({ verdict: 'ok', remedy: null });
  }
  const { KeyCount } = await bucket.client.send(new ListObjectsV2Command({ Bucket: bucket.bucket }));
  expect(KeyCount).toBe(0);
});

it('nobody there: looking and writing are problems, reading waits for them', async () => {
  const { gate, env } = await gatedBucket();
  await gate.set('away');
  const { code, of } = await diagnose(env);
  expect(code).toBe(1);
  expect(of('put')).toMatchObject(verdict('problem', /ECONNREFUSED/, /AWS_ENDPOINT_URL_S3/));
  expect(of('read')).toMatchObject(verdict('unknown', /Not tried/, /writing work first/));
});

it('a store that never answers is a problem in bounded time', async () => {
  const { gate, env } = await gatedBucket();
  await gate.set('hang');
  const { of } = await diagnose({ ...env, S3_REQUEST_TIMEOUT_MS: '500' });
  expect(of('look')).toMatchObject(verdict('problem', /TimeoutError/, /network/));
  expect(of('put')).toMatchObject(verdict('problem', /TimeoutError/, /network/));
});

it('wrong credentials are named as such, and are not shown', async () => {
  const { gate, env } = await gatedBucket();
  // The stores of tests differ in what they check; this is what S3 itself answers to an unknown key id.
  await gate.set({
    status: 403,
    code: 'InvalidAccessKeyId',
    message: 'The AWS Access Key Id you provided does not exist.',
  });
  const { of, output } = await diagnose({ ...env, AWS_SECRET_ACCESS_KEY: 'not-the-right-secret' });
  expect(of('put')).toMatchObject(verdict('problem', /InvalidAccessKeyId/, /credentials are wrong.*AWS_ACCESS_KEY_ID/));
  expect(output).not.toContain('not-the-right-secret');
});

it('no credentials at all are a problem that says where they come from', async () => {
  const bucket = await freshBucket();
  const { AWS_ACCESS_KEY_ID: _id, AWS_SECRET_ACCESS_KEY: _secret, ...env } = bucket.env;
  const { of } = await diagnose({ ...env, HOME: '/nonexistent' });
  expect(of('put')).toMatchObject(verdict('problem', /credentials/i, /AWS_PROFILE/));
});

it('a wrong clock is a problem whose remedy is the clock', async () => {
  const { gate, env } = await gatedBucket();
  await gate.set({ status: 403, code: 'RequestTimeTooSkewed' });
  const { of } = await diagnose(env);
  expect(of('put')).toMatchObject(verdict('problem', /RequestTimeTooSkewed/, /clock is wrong/));
});

it('a missing right to write is a problem that names the right, and looking is well beside it', async () => {
  const { gate, env } = await gatedBucket();
  await gate.set('access-denied', 'PUT');
  const { of } = await diagnose(env);
  expect(of('look').verdict).toBe('ok');
  expect(of('put')).toMatchObject(verdict('problem', /HTTP 403 AccessDenied/, /s3:PutObject/));
});

it('a 403 for an object that is not there is a problem: every submit looks first', async () => {
  const { gate, env } = await gatedBucket();
  await gate.set('access-denied', 'HEAD');
  const { of } = await diagnose(env);
  expect(of('look')).toMatchObject(verdict('problem', /HTTP 403/, /s3:ListBucket/));
  expect(of('put').verdict).toBe('ok');
});

it('a missing right to read is a problem after a good write, and the probe is removed all the same', async () => {
  const { gate, env, bucket } = await gatedBucket();
  await gate.set('access-denied', 'GET');
  const { of } = await diagnose(env);
  expect(of('read')).toMatchObject(verdict('problem', /AccessDenied/, /s3:GetObject/));
  expect(of('delete').verdict).toBe('ok');
  const { KeyCount } = await bucket.client.send(new ListObjectsV2Command({ Bucket: bucket.bucket }));
  expect(KeyCount).toBe(0);
});

it('a bucket that is not there is a problem that names OUTPAINT_BUCKET', async () => {
  const bucket = await freshBucket();
  const { of } = await diagnose({ ...bucket.env, OUTPAINT_BUCKET: 'nobody-made-this-bucket' });
  expect(of('put')).toMatchObject(verdict('problem', /NoSuchBucket/, /OUTPAINT_BUCKET/));
});

it('a store that does not know If-None-Match is a problem whose remedy is the setting', async () => {
  const { gate, env } = await gatedBucket();
  await gate.set(
    {
      status: 501,
      code: 'NotImplemented',
      message: 'A header you provided implies functionality that is not implemented',
    },
    'PUT',
  );
  const { of } = await diagnose(env);
  expect(of('put')).toMatchObject(verdict('problem', /NotImplemented/, /S3_CONDITIONAL_PUT=false/));
});

it('a store that ignores If-None-Match is a warning that says what may happen', async () => {
  const bucket = await freshBucket();
  // Passes everything on but the condition, as some stores behave.
  const target = new URL(bucket.endpoint);
  const stored = new Map<string, { body: Buffer; meta: Record<string, string> }>();
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const key = (request.url ?? '').split('?', 1)[0] ?? '';
    const meta = Object.fromEntries(
      Object.entries(request.headers).filter((entry): entry is [string, string] => entry[0].startsWith('x-amz-meta-')),
    );
    if (request.method === 'PUT') stored.set(key, { body: Buffer.concat(parts), meta });
    const found = stored.get(key);
    if (request.method === 'DELETE') stored.delete(key);
    if (found === undefined) return void response.writeHead(404).end();
    const body = request.method === 'PUT' || request.method === 'DELETE' ? Buffer.alloc(0) : found.body;
    response.writeHead(200, { ...found.meta, 'content-length': body.length });
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  server.listen(0, target.hostname);
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const env = { ...bucket.env, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}` };

  const careless = await diagnose(env);
  expect(careless.of('conditional_put')).toMatchObject(
    verdict('warning', /ignores If-None-Match.*replaced the first/, /S3_CONDITIONAL_PUT=false/),
  );
  expect(careless.of('read').verdict).toBe('ok');
  const told = await diagnose({ ...env, S3_CONDITIONAL_PUT: 'false' });
  expect(told.of('conditional_put').verdict).toBe('ok');
});

it('a needless S3_CONDITIONAL_PUT=false is a warning: the store could do it', async () => {
  const bucket = await freshBucket();
  const { of } = await diagnose({ ...bucket.env, S3_CONDITIONAL_PUT: 'false' });
  expect(of('conditional_put')).toMatchObject(verdict('warning', /knows If-None-Match/, /S3_CONDITIONAL_PUT=true/));
});

it('a store on this machine cannot give its sources to the real API', async () => {
  const bucket = await freshBucket();
  // Loopback by another name of the reserved kind: nothing of it is asked, for no name server knows it.
  const { of } = await diagnose({ ...bucket.env, DASHSCOPE_BASE_URL: 'https://api.invalid/api/v1' });
  expect(of('source_endpoint')).toMatchObject(verdict('warning', /cannot fetch s3:\/\/ sources/, /https:\/\//));
});
