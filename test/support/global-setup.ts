// One Redis and one S3 for all system tests, started before the first and stopped after the last.
import { resolve } from 'node:path';
import type { S3Kind } from '@outpaint/sandbox/services/s3/running-s3';
import { startRedis } from '@outpaint/sandbox/services/start-redis';
import { startS3 } from '@outpaint/sandbox/services/start-s3';
import type { TestProject } from 'vitest/node';

/** What a test needs to reach the store; plain data, since it crosses into the tests' own processes. */
export interface ProvidedS3 {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  kind: S3Kind;
  detail: string;
  traits: { conditionalPut: boolean | null; verifiesSignatures: boolean | null };
}

declare module 'vitest' {
  export interface ProvidedContext {
    redisUrl: string;
    redisDetail: string;
    s3: ProvidedS3;
  }
}

const CACHE_DIR = resolve(import.meta.dirname, '../../.cache');

export default async (project: TestProject): Promise<() => Promise<void>> => {
  const log = (line: string) => console.log(`  ${line}`);
  const redis = await startRedis({ mode: 'test', cacheDir: CACHE_DIR, env: process.env, log });
  console.log(`  Redis: ${redis.kind}, ${redis.detail}`);
  const s3 = await startS3({ env: process.env, log }).catch(async (error: unknown) => {
    await redis.stop();
    throw error;
  });
  console.log(`  S3: ${s3.kind}, ${s3.detail}`);
  const { stop: stopS3, ...provided } = s3;
  project.provide('redisUrl', redis.url);
  project.provide('redisDetail', `${redis.kind}, ${redis.detail}`);
  project.provide('s3', provided);
  return async () => {
    await stopS3();
    await redis.stop();
  };
};
