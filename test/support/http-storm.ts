// Many clients that hand in one expansion after another at a bounded rate, and ask again under the same key until they are answered.
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'undici';

export interface StormTerms {
  readonly address: string;
  readonly clients: number;
  /** Requests in all, over all clients. */
  readonly requests: number;
  readonly ratePerSecond: number;
  readonly bodyOf: (number: number) => object;
  /** How long one client asks for an answer to one request before it gives up. */
  readonly patienceMs: number;
}

export interface StormResult {
  /** The id that each request was given with its 202, in no order. */
  readonly kept: readonly { readonly number: number; readonly id: string }[];
  /** Numbers of requests that were never answered with 202. */
  readonly unanswered: readonly number[];
  /** Answers other than 202, and connections that broke, by what they were. */
  readonly others: Readonly<Record<string, number>>;
  /** Of each attempt that was answered with 202, in ms. */
  readonly latenciesMs: readonly number[];
}

const ANSWER_MS_MAX = 5_000;
const AGAIN_MS = 100;

const pause = (ms: number): Promise<void> => new Promise((later) => setTimeout(later, ms));

export const runStorm = async (o: StormTerms): Promise<StormResult> => {
  const agent = new Agent({ connections: o.clients, headersTimeout: ANSWER_MS_MAX, bodyTimeout: ANSWER_MS_MAX });
  const kept: { number: number; id: string }[] = [];
  const unanswered: number[] = [];
  const latenciesMs: number[] = [];
  const others: Record<string, number> = {};
  const began = performance.now();
  let next = 0;

  const ask = async (number: number, key: string): Promise<boolean> => {
    const at = performance.now();
    let what: string;
    try {
      const { statusCode, body } = await request(`${o.address}/v1/expansions`, {
        dispatcher: agent,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(o.bodyOf(number)),
      });
      const text = await body.text();
      if (statusCode === 202) {
        latenciesMs.push(performance.now() - at);
        kept.push({ number, id: String((JSON.parse(text) as { expansion_id?: string }).expansion_id) });
        return true;
      }
      what = String(statusCode);
    } catch (error) {
      what = error instanceof Error && 'code' in error ? String(error.code) : 'error';
    }
    others[what] = (others[what] ?? 0) + 1;
    return false;
  };

  const client = async (): Promise<void> => {
    while (next < o.requests) {
      const number = next;
      next += 1;
      const wait = began + (number * 1_000) / o.ratePerSecond - performance.now();
      if (wait > 0) await pause(wait);
      const key = randomUUID();
      const until = performance.now() + o.patienceMs;
      let answered = await ask(number, key);
      while (!answered && performance.now() < until) {
        await pause(AGAIN_MS);
        answered = await ask(number, key);
      }
      if (!answered) unanswered.push(number);
    }
  };
  try {
    await Promise.all(Array.from({ length: o.clients }, client));
  } finally {
    await agent.destroy();
  }
  return { kept, unanswered, others, latenciesMs };
};
