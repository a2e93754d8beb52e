// Looks at an object by its signed address once, without a key and without following anything: status, headers, bytes.
import { Buffer } from 'node:buffer';
import { Client } from 'undici';
import { type AnswerHeaders, HEADER_BYTES_MAX } from './request.ts';

export interface LookInput {
  readonly method: 'GET' | 'HEAD';
  /** No more than this is read; a longer body is cut and `whole` is false. */
  readonly bytesMax: number;
  /** For the whole look. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Look {
  /** Null when no answer began; `fault` then says why, for people. */
  readonly status: number | null;
  readonly headers: AnswerHeaders;
  readonly bytes: Buffer;
  readonly whole: boolean;
  readonly fault: string | null;
}

const faultOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return `${code}: ${error.message}`.slice(0, 200);
};

/**
 * Never throws and never follows a redirect. The query is sent as it is written: re-encoding it would break its signature.
 * It does not judge the host, which its caller does first.
 */
export const lookAtObject = async (address: string, o: LookInput): Promise<Look> => {
  const nothing = { status: null, headers: {}, bytes: Buffer.alloc(0), whole: false };
  const url = URL.parse(address);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return { ...nothing, fault: 'not an http(s) address' };
  }
  const afterHost = address.replace(/^[a-z]+:\/\/[^/?#]*/i, '').split('#', 1)[0] ?? '';
  const client = new Client(url.origin, {
    allowH2: false,
    pipelining: 0,
    maxHeaderSize: HEADER_BYTES_MAX,
    connect: { timeout: o.deadlineMs },
  });
  try {
    const answer = await client.request({
      method: o.method,
      path: afterHost.startsWith('/') ? afterHost : `/${afterHost}`,
      headers: { 'accept-encoding': 'identity', ...o.headers },
      headersTimeout: o.deadlineMs,
      bodyTimeout: o.deadlineMs,
      signal: AbortSignal.any([o.signal, AbortSignal.timeout(o.deadlineMs)]),
    });
    const { statusCode: status, headers } = answer;
    const chunks: Buffer[] = [];
    let received = 0;
    try {
      for await (const chunk of answer.body) {
        const bytes = chunk as Buffer;
        chunks.push(bytes.subarray(0, Math.max(0, o.bytesMax - received)));
        received += bytes.length;
        if (received > o.bytesMax) break;
      }
    } catch (error) {
      return { status, headers, bytes: Buffer.concat(chunks), whole: false, fault: faultOf(error) };
    }
    return { status, headers, bytes: Buffer.concat(chunks), whole: received <= o.bytesMax, fault: null };
  } catch (error) {
    return { ...nothing, fault: faultOf(error) };
  } finally {
    client.destroy().catch(() => undefined);
  }
};
