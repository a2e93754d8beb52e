// One picture the way a script does it: submit, wait as the SDK does, download, put. What both controls share.
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { later } from '../later.ts';

export interface ControlConfig {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly redisUrl: string;
  readonly s3: {
    readonly endpoint: string;
    readonly region: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  };
  readonly bucket: string;
  readonly rows: readonly { readonly name: string; readonly source: string }[];
  /** Where it writes down how each row has ended, a JSON object a line. */
  readonly resultsFile: string;
  readonly concurrency: number;
  /** A second of the API's time lasts so many ms. */
  readonly secondMs: number;
  readonly answerMs: number;
  readonly downloadMs: number;
  readonly lockMs: number;
}

export interface ResultLine {
  readonly name: string;
  readonly ending: 'delivered' | 'dead_lettered';
  readonly reason?: string;
}

/** Not to be tried again: the API has said no. */
export class Refused extends Error {}

/** The SDK's `wait()`: 1, 1, 2, 2, 2, 4, 4, 4, 5, 5, … seconds (dashscope-sdk-python, api_entities/base). */
const SDK_GAPS_S = [1, 1, 2, 2, 2, 4, 4, 4, 5];
/** The limit that the documentation's own example waits. */
const GIVE_UP_S = 120;

const headersOf = (config: ControlConfig) => ({
  authorization: `Bearer ${config.apiKey}`,
  'content-type': 'application/json',
  'x-dashscope-async': 'enable',
});

/** The task's id. Throws Refused where the API says that the request is wrong, another error where a try may help. */
export const submit = async (config: ControlConfig, source: string): Promise<string> => {
  const answer = await fetch(`${config.baseUrl}/services/aigc/image2image/out-painting`, {
    method: 'POST',
    headers: headersOf(config),
    body: JSON.stringify({ model: 'image-out-painting', input: { image_url: source }, parameters: { x_scale: 1.5 } }),
    signal: AbortSignal.timeout(config.answerMs),
  });
  const body = (await answer.json()) as { code?: string; output?: { task_id?: string } };
  if (body.output?.task_id !== undefined) return body.output.task_id;
  const why = `submit: ${answer.status} ${body.code}`;
  throw answer.status >= 500 || answer.status === 429 || body.code === 'Arrearage' ? new Error(why) : new Refused(why);
};

/** The address of the finished picture. A query that fails is tried again until the limit. */
export const waitForTask = async (config: ControlConfig, taskId: string): Promise<string> => {
  const until = performance.now() + GIVE_UP_S * config.secondMs;
  for (let looks = 0; performance.now() < until; looks += 1) {
    await later((SDK_GAPS_S[Math.min(looks, SDK_GAPS_S.length - 1)] ?? 5) * config.secondMs);
    try {
      const answer = await fetch(`${config.baseUrl}/tasks/${taskId}`, {
        headers: headersOf(config),
        signal: AbortSignal.timeout(config.answerMs),
      });
      const { output } = (await answer.json()) as {
        output?: { task_status?: string; output_image_url?: string; code?: string };
      };
      if (output?.task_status === 'SUCCEEDED') return output.output_image_url ?? '';
      if (output?.task_status === 'FAILED') throw new Refused(`task: ${output.code}`);
    } catch (error) {
      if (error instanceof Refused) throw error;
    }
  }
  throw new Error('gave up waiting');
};

export const downloadAndPut = async (config: ControlConfig, s3: S3Client, name: string, url: string): Promise<void> => {
  const answer = await fetch(url, { signal: AbortSignal.timeout(config.downloadMs) });
  if (!answer.ok) throw new Error(`download: ${answer.status}`);
  const body = Buffer.from(await answer.arrayBuffer());
  await s3.send(
    new PutObjectCommand({ Bucket: config.bucket, Key: `${name}.jpg`, Body: body, ContentType: 'image/jpeg' }),
  );
};
