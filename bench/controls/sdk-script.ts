// The control: the script that people write today with the official SDK's way of waiting, serial or with p-limit.
import pLimit from 'p-limit';

export interface ScriptRun {
  readonly baseUrl: string;
  readonly sources: readonly string[];
  /** 1 is the serial script. */
  readonly concurrency: number;
  /** Real seconds are this many ms here: the sandbox's time is scaled, so the SDK's gaps are too. */
  readonly msPerSecond: number;
}

/** The SDK's `wait()`: 1, 1, 2, 2, 2, 4, 4, 4, 5, 5, … seconds (dashscope-sdk-python, api_entities/base). */
const SDK_GAPS_S = [1, 1, 2, 2, 2, 4, 4, 4, 5];

const headers = {
  authorization: 'Bearer sk-sandbox',
  'content-type': 'application/json',
  'x-dashscope-async': 'enable',
};

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Submits, waits as the SDK does, fetches the result; a submit over the quota is tried again after a second. */
const expand = async (run: ScriptRun, source: string): Promise<void> => {
  let taskId = '';
  while (taskId === '') {
    const answer = await fetch(`${run.baseUrl}/services/aigc/image2image/out-painting`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ model: 'image-out-painting', input: { image_url: source }, parameters: { x_scale: 1.5 } }),
    });
    const body = (await answer.json()) as { output?: { task_id?: string } };
    taskId = body.output?.task_id ?? '';
    if (taskId === '') await later(run.msPerSecond);
  }
  for (let looks = 0; ; looks += 1) {
    const answer = await fetch(`${run.baseUrl}/tasks/${taskId}`, { headers });
    const body = (await answer.json()) as { output?: { task_status?: string; output_image_url?: string } };
    if (body.output?.task_status === 'SUCCEEDED') {
      await (await fetch(body.output.output_image_url ?? '')).arrayBuffer();
      return;
    }
    if (body.output?.task_status === 'FAILED') throw new Error(JSON.stringify(body));
    await later((SDK_GAPS_S[Math.min(looks, SDK_GAPS_S.length - 1)] ?? 5) * run.msPerSecond);
  }
};

export const runScript = async (run: ScriptRun): Promise<void> => {
  const limit = pLimit(run.concurrency);
  await Promise.all(run.sources.map((source) => limit(() => expand(run, source))));
};
