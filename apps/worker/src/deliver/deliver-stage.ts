// The deliver stage: fetch the paid picture while its link lives, check it, put it in the bucket once.

import type { Downloaded, Downloader } from '@outpaint/shared/download/create-downloader';
import { classify } from '@outpaint/shared/errors/classify';
import { codeOf } from '@outpaint/shared/errors/outpaint-error';
import type { Failure } from '@outpaint/shared/lifecycle/failure';
import type { Outcome } from '@outpaint/shared/lifecycle/outcome';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import type { StageStep } from '@outpaint/shared/lifecycle/step';
import type { RecordStore } from '@outpaint/shared/record/record-store';
import type { ImageStore } from '@outpaint/shared/storage/image-store';
import type { Upstream } from '@outpaint/shared/upstream/create-upstream';

export interface DeliverStageDeps {
  readonly records: Pick<RecordStore, 'read'>;
  readonly downloader: Pick<Downloader, 'download'>;
  readonly store: Pick<ImageStore, 'put' | 'head'>;
  readonly upstream: Pick<Upstream, 'query'>;
}

export const createDeliverStage = (deps: DeliverStageDeps): StageStep => {
  /** Asks upstream for a fresh link; null where there is none to be had. Asking is free. */
  const freshLink = async (record: ExpansionRecord, signal: AbortSignal): Promise<string | Failure | null> => {
    if (record.taskId === null) return null;
    const answer = await deps.upstream.query(record.taskId, { signal });
    if (answer.kind === 'failed') {
      // The picture may still be there: that the question failed must not end the row.
      return {
        ...answer.failure,
        code: 'result_link_unavailable',
        class: 'transient',
        message: `The link has expired and asking for a new one failed: ${answer.failure.code}`,
      };
    }
    const alive = answer.status === 'SUCCEEDED' && answer.resultUrl !== null && answer.resultUrl !== record.resultUrl;
    return alive ? answer.resultUrl : null;
  };

  const expired: Failure = {
    code: 'result_expired',
    class: 'permanent',
    message: 'The link to the paid picture has expired and the task gives no other; it can only be paid for again.',
  };

  const download = async (record: ExpansionRecord, signal: AbortSignal): Promise<Downloaded | Failure> => {
    const url = record.resultUrl;
    if (url !== null) {
      try {
        return await deps.downloader.download(url, signal);
      } catch (error) {
        if (codeOf(error) !== 'result_expired') return failureOf(error);
      }
    }
    const link = await freshLink(record, signal);
    if (link === null) return expired;
    if (typeof link !== 'string') return link;
    try {
      return await deps.downloader.download(link, signal);
    } catch (error) {
      return failureOf(error);
    }
  };

  /**
   * A put whose answer was lost, or whose worker was killed, may have worked. Then the picture is ours whatever has
   * become of its link, and giving it up would have it paid for again. Null where it does not stand there.
   */
  const standsThere = async (
    record: ExpansionRecord,
    failure: Failure,
    signal: AbortSignal,
  ): Promise<Outcome | null> => {
    try {
      const object = await deps.store.head(record.request.output_key, signal);
      if (object?.expansionId !== record.id) return null;
      const { bytes, sha256 } = object;
      return { kind: 'delivered', picture: { bytes, sha256, width: null, height: null } };
    } catch (error) {
      // While the store cannot say, nothing that is paid for is given up; another try at a download needs no answer.
      return failure.class === 'permanent' ? { kind: 'undelivered', failure: failureOf(error) } : null;
    }
  };

  return async (record, context): Promise<Outcome> => {
    const picture = await download(record, AbortSignal.any([context.lastCall, context.lockLost]));
    if (context.lockLost.aborted) return { kind: 'drop', reason: 'the lock of the token is lost' };
    if (context.lastCall.aborted) return { kind: 'released' };
    if ('code' in picture) {
      const there = await standsThere(record, picture, context.lastCall);
      if (context.lastCall.aborted) return { kind: 'released' };
      return there ?? { kind: 'undelivered', failure: picture };
    }
    // A worker that was held up, or has lost its lock, must not have the next side effect: another one has this row by
    // now. What the record says is the last thing that is asked before the put; If-None-Match guards what remains.
    const now = await deps.records.read(record.id);
    if (now?.status !== record.status || now.hop !== record.hop) {
      return { kind: 'drop', reason: 'the record has moved on' };
    }
    const stored = {
      bytes: picture.bytes.length,
      sha256: picture.sha256Hex,
      width: picture.image.width,
      height: picture.image.height,
    };
    try {
      const put = await deps.store.put(
        {
          key: record.request.output_key,
          body: picture.bytes,
          contentType: picture.image.contentType,
          sha256Hex: picture.sha256Hex,
          expansionId: record.id,
          taskId: record.taskId ?? '',
        },
        context.lastCall,
      );
      if (put.kind === 'stored') return { kind: 'delivered', picture: stored };
      // Somebody put it first: a twin of this step, or the answer to our own put was lost.
      const object = await deps.store.head(record.request.output_key, context.lastCall);
      if (object?.expansionId === record.id) {
        return { kind: 'delivered', picture: { ...stored, bytes: object.bytes, sha256: object.sha256 ?? null } };
      }
      return { kind: 'undelivered', failure: keyTaken(record) };
    } catch (error) {
      if (context.lastCall.aborted) return { kind: 'released' };
      return { kind: 'undelivered', failure: failureOf(error) };
    }
  };
};

const failureOf = (error: unknown): Failure => {
  const code = codeOf(error);
  return {
    code,
    class: classify({ code }).class,
    message: error instanceof Error ? error.message : String(error),
  };
};

const keyTaken = (record: ExpansionRecord): Failure => ({
  code: 'output_key_taken',
  class: 'permanent',
  message: `The key ${record.request.output_key} was taken by another object while the task ran.`,
});
