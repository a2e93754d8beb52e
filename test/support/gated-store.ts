// A stack whose worker reaches the bucket only through a gate that the test shuts, slows down or breaks.

import { type S3Gate, startS3Gate } from '@outpaint/sandbox/services/start-s3-gate';
import type { SandboxOptions } from '@outpaint/sandbox/upstream/sandbox-options';
import { inject, onTestFinished } from 'vitest';
import { type Stack, startStack } from './stack.ts';

/** The test itself looks into the bucket past the gate. Call it inside a test. */
export const startGatedStack = async (
  o: { sandbox?: Partial<SandboxOptions>; env?: Record<string, string> } = {},
): Promise<{ stack: Stack; gate: S3Gate }> => {
  const gate = await startS3Gate({ target: inject('s3').endpoint });
  onTestFinished(() => gate.close());
  const stack = await startStack({ ...o, env: { AWS_ENDPOINT_URL_S3: gate.endpoint, ...o.env } });
  return { stack, gate };
};
