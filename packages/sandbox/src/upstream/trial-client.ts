// A bare HTTP client for trying the stand-in itself: it sends what it is told and judges nothing.
import { setTimeout as delay } from 'node:timers/promises';
import type { Sandbox } from './start-sandbox.ts';

export interface TrialAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where it is JSON, else undefined. */
  readonly body: TrialBody;
  readonly text: string;
}

/** The fields that tests look at; all optional, since any answer may lack them. */
export interface TrialBody {
  readonly code?: string;
  readonly message?: string;
  readonly request_id?: string;
  readonly output?: Readonly<Record<string, unknown>> & { readonly task_id?: string; readonly task_status?: string };
  readonly usage?: { readonly image_count?: number };
  readonly total?: number;
  readonly total_page?: number;
  readonly page_no?: number;
  readonly page_size?: number;
  readonly data?: readonly Readonly<Record<string, unknown>>[];
}

export interface TrialClient {
  /** Sends exactly this body; `headers` are added to, or with null taken from, the three required ones. */
  post(body: string, headers?: Readonly<Record<string, string | null>>): Promise<TrialAnswer>;
  submit(source: string, parameters?: unknown): Promise<TrialAnswer>;
  /** The task id of a submit that must be answered 200. */
  taskFor(source: string, parameters?: unknown): Promise<string>;
  get(taskId: string): Promise<TrialAnswer>;
  list(query?: string): Promise<TrialAnswer>;
  cancel(taskId: string): Promise<TrialAnswer>;
  /** Asks until the task has one of these statuses. */
  untilStatus(taskId: string, ...statuses: readonly string[]): Promise<TrialAnswer>;
}

/** Extends every picture a little; what a submit sends when a test does not care. */
const ANY_PARAMETERS = { x_scale: 1.5 };
const DEADLINE_MS = 15_000;

export function openTrialClient(sandbox: Pick<Sandbox, 'baseUrl'>, key = 'sk-sandbox'): TrialClient {
  const authorization = `Bearer ${key}`;
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${sandbox.baseUrl}${path}`, { headers: { authorization }, ...init });
    return readAnswer(response);
  };
  const client: TrialClient = {
    post(body, changed = {}) {
      const all = { authorization, 'x-dashscope-async': 'enable', 'content-type': 'application/json', ...changed };
      const headers = Object.fromEntries(Object.entries(all).flatMap(([k, v]) => (v === null ? [] : [[k, v]])));
      // Bytes instead of text, as fetch would add a content type of its own.
      return ask('/services/aigc/image2image/out-painting', { method: 'POST', headers, body: Buffer.from(body) });
    },
    submit: (source, parameters = ANY_PARAMETERS) =>
      client.post(JSON.stringify({ model: 'image-out-painting', input: { image_url: source }, parameters })),
    async taskFor(source, parameters) {
      const { status, body, text } = await client.submit(source, parameters);
      const id = body.output?.task_id;
      if (status !== 200 || id === undefined) throw new Error(`submit answered ${status} ${text}`);
      return id;
    },
    get: (taskId) => ask(`/tasks/${taskId}`),
    list: (query = '') => ask(`/tasks/${query}`),
    cancel: (taskId) => ask(`/tasks/${taskId}/cancel`, { method: 'POST' }),
    untilStatus: (taskId, ...statuses) =>
      until(
        () => client.get(taskId),
        ({ body }) => statuses.includes(body.output?.task_status ?? ''),
      ),
  };
  return client;
}

/** Looks every few milliseconds until it is so, and throws with the last look when it takes too long. */
export async function until<T>(look: () => T | Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`still not so after ${DEADLINE_MS} ms: ${JSON.stringify(seen)}`);
    await delay(5);
  }
}

async function readAnswer(response: Response): Promise<TrialAnswer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  // The body's shape is what the test is about, so it is only named here, not checked.
  const body = (isJson ? JSON.parse(text) : {}) as TrialBody;
  return { status: response.status, headers: response.headers, body, text };
}
