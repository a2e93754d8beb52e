// Fetches the picture to extend the way the service does, and is as picky about the answer.
import { API_ERRORS, type ApiError } from './api-error.ts';

/** Documented: at most 10 MB. */
const SOURCE_BYTES_MAX = 10 * 1024 * 1024;
/** Documented: the fetcher's user agent contains DashScopeUserBot. */
const USER_AGENT = 'Mozilla/5.0 (compatible; DashScopeUserBot/1.0)';

export type Downloaded =
  | { readonly bytes: Buffer; readonly error: null }
  | { readonly bytes: null; readonly error: ApiError };

const failed = (error: ApiError): Downloaded => ({ bytes: null, error });

/** Never throws. The source must answer 200 with Content-Length and Content-Type, as documented. */
export async function downloadSource(source: string, timeoutMs: number, closing: AbortSignal): Promise<Downloaded> {
  const signal = AbortSignal.any([closing, AbortSignal.timeout(timeoutMs)]);
  try {
    const headers = { 'user-agent': USER_AGENT, 'accept-encoding': 'identity' };
    const response = await fetch(source, { headers, signal });
    const length = response.headers.get('content-length');
    if (response.status !== 200 || length === null || response.headers.get('content-type') === null) {
      await response.body?.cancel();
      return failed(API_ERRORS.fileDownload);
    }
    // The declared length is enough to refuse it, so that a huge file is never read.
    if (Number(length) > SOURCE_BYTES_MAX) {
      await response.body?.cancel();
      return failed(API_ERRORS.inputSize);
    }
    return { bytes: Buffer.from(await response.arrayBuffer()), error: null };
  } catch {
    return failed(API_ERRORS.fileDownload);
  }
}
