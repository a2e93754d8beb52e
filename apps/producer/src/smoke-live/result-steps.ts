// What is learnt from finished pictures: how long their address lasts, what it answers, and how large they are.
import { createHash } from 'node:crypto';
import { type Look, lookAtObject } from '@outpaint/shared/upstream/look-at-object';
import { addressEnd } from './address-end.ts';
import { SCALE } from './paid-steps.ts';
import { type PictureSize, pictureSize } from './picture-size.ts';
import { look, type Trial, type TrialTask } from './trial.ts';

export interface ResultTerms {
  readonly hostsAllowed: readonly string[];
  readonly bytesMax: number;
  readonly deadlineMs: number;
}

export interface TrialPicture {
  readonly task: TrialTask;
  readonly bytes: Buffer;
  readonly size: PictureSize | null;
}

/** Re-signing writes whole seconds: a second question after less could give the same text by chance. */
const RESIGN_AFTER_MS = 2_100;
const SOURCE_HEAD_BYTES = 256 * 1024;

const isAllowedHost = (address: string, allowed: readonly string[]): boolean => {
  const host = URL.parse(address)?.hostname.toLowerCase() ?? '';
  return allowed.some((suffix) => host === suffix || host.endsWith(`.${suffix}`));
};

/** Fetches each finished picture once, for it was paid for; the first one answers the questions about addresses. */
export const learnFromResults = async (
  trial: Trial,
  pictures: readonly TrialTask[],
  terms: ResultTerms,
): Promise<readonly TrialPicture[]> => {
  const finished = pictures.filter(({ seen }) => seen?.status === 'SUCCEEDED' && seen.resultUrl !== null);
  const fetched: TrialPicture[] = [];
  for (const task of finished) {
    const address = task.seen?.resultUrl ?? '';
    const isFirst = task === finished[0];
    if (isFirst) settleAddress(trial, task, address);
    if (!isAllowedHost(address, terms.hostsAllowed)) {
      const host = URL.parse(address)?.hostname ?? 'an unreadable address';
      trial.answers.settle(
        'result_host',
        'observed',
        `${host}, which RESULT_HOSTS_ALLOWED does not allow: it was not fetched.`,
        { host },
      );
      continue;
    }
    if (isFirst) await settleHead(trial, address, terms);
    const got = await lookAtObject(address, {
      method: 'GET',
      bytesMax: terms.bytesMax,
      deadlineMs: terms.deadlineMs,
      signal: trial.signal,
    });
    if (isFirst) settleGet(trial, got);
    if (got.status === 200 && got.whole && got.fault === null)
      fetched.push({ task, bytes: got.bytes, size: pictureSize(got.bytes) });
    if (isFirst) await settleResign(trial, task, address);
  }
  await settleSizes(trial, fetched, terms);
  settleWatermark(trial, fetched);
  return fetched;
};

const settleAddress = (trial: Trial, task: TrialTask, address: string): void => {
  const end = addressEnd(address);
  const endedAt = task.seen?.endedAt ?? null;
  const host = URL.parse(address)?.hostname ?? null;
  trial.answers.settle('result_host', 'observed', `${host}.`, { host, protocol: URL.parse(address)?.protocol ?? null });
  if (end === null) trial.answers.settle('result_expires', 'not_settled', 'The address does not say when it ends.');
  else {
    const from = endedAt ?? trial.clock.now();
    const lasts = Math.round((end - from) / 1000);
    trial.answers.settle(
      'result_expires',
      'observed',
      `${lasts} s after the task ended${endedAt === null ? ' (as far as is known)' : ''}.`,
      {
        expires: new Date(end).toISOString(),
        lifetime_seconds: lasts,
      },
    );
  }
  const { submittedAt = null } = task.seen ?? {};
  if (submittedAt === null) return;
  // The client reads the API's times as UTC+8; in another zone they would be hours off.
  const offMs = submittedAt - task.answeredAt;
  const fits = Math.abs(offMs) < 30 * 60_000;
  trial.answers.settle(
    'times_timezone',
    fits ? 'observed' : 'not_settled',
    fits ? 'UTC+8.' : `Not UTC+8: read so, they are ${Math.round(offMs / 1000)} s off.`,
    { off_ms: offMs },
  );
};

const settleHead = async (trial: Trial, address: string, terms: ResultTerms): Promise<void> => {
  const head = await lookAtObject(address, {
    method: 'HEAD',
    bytesMax: 0,
    deadlineMs: terms.deadlineMs,
    signal: trial.signal,
  });
  const allowed = head.status === 200;
  const said =
    head.status === null ? `No answer: ${head.fault}.` : allowed ? 'Yes: HTTP 200.' : `No: HTTP ${head.status}.`;
  trial.answers.settle('result_head', head.status === null ? 'not_settled' : 'observed', said, {
    status: head.status,
    headers: head.headers,
  });
};

const settleGet = (trial: Trial, got: Look): void => {
  if (got.status !== 200 || !got.whole) {
    trial.answers.settle('result_headers', 'not_settled', `The GET was answered ${got.status ?? got.fault}.`, {
      headers: got.headers,
    });
    return;
  }
  const md5 = createHash('md5').update(got.bytes).digest('hex').toUpperCase();
  const etagIsMd5 =
    String(got.headers.etag ?? '')
      .replaceAll('"', '')
      .toUpperCase() === md5;
  const names = Object.keys(got.headers).sort();
  trial.answers.settle(
    'result_headers',
    'observed',
    `${names.length} headers; the ETag is ${etagIsMd5 ? '' : 'not '}the MD5 of the bytes.`,
    {
      bytes: got.bytes.length,
      etag_is_md5: etagIsMd5,
      headers: got.headers,
    },
  );
};

const settleResign = async (trial: Trial, task: TrialTask, before: string): Promise<void> => {
  await trial.clock.wait(RESIGN_AFTER_MS, trial.signal);
  trial.log.about('result_resign');
  await look(trial, task);
  const after = task.seen?.resultUrl ?? null;
  if (after === null || trial.signal.aborted) return;
  const [first, second] = [addressEnd(before), addressEnd(after)];
  const resigns = after !== before;
  const facts = { resigns, expires_later_by_ms: first === null || second === null ? null : second - first };
  trial.answers.settle(
    'result_resign',
    'observed',
    resigns
      ? `Yes: asked again ${RESIGN_AFTER_MS / 1000} s later it is another address.`
      : `No: asked again ${RESIGN_AFTER_MS / 1000} s later it is the same address.`,
    facts,
  );
};

const settleSizes = async (trial: Trial, fetched: readonly TrialPicture[], terms: ResultTerms): Promise<void> => {
  const compared: Record<string, unknown>[] = [];
  for (const { task, size } of fetched) {
    if (size === null) continue;
    const source = await sourceSize(trial, task.source, terms);
    if (source === null) continue;
    const wanted = { width: Math.round(source.width * SCALE), height: Math.round(source.height * SCALE) };
    compared.push({
      limit_image_size: task.parameters.limit_image_size,
      source: `${source.width}x${source.height}`,
      by_arithmetic: `${wanted.width}x${wanted.height}`,
      result: `${size.width}x${size.height}`,
      is_arithmetic: Math.abs(size.width - wanted.width) <= 1 && Math.abs(size.height - wanted.height) <= 1,
      is_source_size: size.width === source.width && size.height === source.height,
    });
  }
  const of = (limited: boolean) => compared.find((one) => one.limit_image_size === limited);
  const phrase = (one: Record<string, unknown> | undefined): string => {
    if (one === undefined) return 'not seen';
    const fit =
      one.is_arithmetic === true
        ? 'as by arithmetic'
        : one.is_source_size === true
          ? "scaled back to the source's size"
          : 'neither arithmetic nor source size';
    return `${String(one.result)}, ${fit}`;
  };
  if (compared.length === 0) {
    if (fetched.length > 0)
      trial.answers.settle(
        'limit_image_size',
        'not_settled',
        'The size of the source or of the result could not be read (JPEG and PNG can).',
      );
    return;
  }
  const both = of(true) !== undefined && of(false) !== undefined;
  trial.answers.settle(
    'limit_image_size',
    both ? 'observed' : 'lower_bound',
    `With true: ${phrase(of(true))}. With false: ${phrase(of(false))}.`,
    { compared },
  );
};

const sourceSize = async (trial: Trial, source: string, terms: ResultTerms): Promise<PictureSize | null> => {
  const { bytes } = await lookAtObject(source, {
    method: 'GET',
    bytesMax: SOURCE_HEAD_BYTES,
    deadlineMs: terms.deadlineMs,
    signal: trial.signal,
  });
  return pictureSize(bytes);
};

const settleWatermark = (trial: Trial, fetched: readonly TrialPicture[]): void => {
  const marked = fetched.some(({ task }) => task.parameters.add_watermark === true);
  trial.answers.settle(
    'watermark',
    'not_settled',
    `A program cannot tell without decoding pixels: ${marked ? 'look at the first saved picture, which has one' : 'no picture with one was made'}.`,
  );
};
