// The submit stage: look in the bucket, take the licence, send the one paid POST, say how it ended.
import { asTaskId, type ExpansionId } from '@outpaint/shared/contract/ids';
import { codeOf, OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import type { Failure } from '@outpaint/shared/lifecycle/failure';
import type { RememberedSubmit } from '@outpaint/shared/lifecycle/moves/submit-moves';
import type { Outcome } from '@outpaint/shared/lifecycle/outcome';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import type { StageStep, StepContext } from '@outpaint/shared/lifecycle/step';
import type { LicenceAnswer, LicenceTerms, Mark, RecordStore } from '@outpaint/shared/record/record-store';
import type { ImageStore } from '@outpaint/shared/storage/image-store';
import type { Upstream } from '@outpaint/shared/upstream/create-upstream';
import type { SubmitAnswer } from '@outpaint/shared/upstream/submit';
import { isTaskId } from '@outpaint/shared/upstream/task-id';

export interface SubmitStageDeps {
  readonly records: Pick<RecordStore, 'licence'>;
  readonly store: Pick<ImageStore, 'head' | 'presignSource'>;
  readonly upstream: Pick<Upstream, 'submit'>;
  readonly clock: Clock;
  readonly newLicence: () => string;
  /** What this worker knows of the newest licences, beside Redis. */
  readonly memory: {
    /** Resolves once that is known; throws as the store does. */
    ready(): Promise<void>;
    seen(): Mark;
    see(mark: Mark): void;
    /** The answer of a paid call, at the moment when it came. */
    answered(submit: KeptAnswer): void;
  };
  readonly terms: LicenceTerms;
  /** A licence older than this is not used: the sweeper may be about to call it a doubt. */
  readonly licenceAgeMsMax: number;
  /** How soon a row is looked at again when the store did not answer. */
  readonly postponeMs: number;
  /** How long a presigned `s3://` source stays readable for upstream; a task may wait hours in its queue. */
  readonly sourceSecondsValid: number;
}

export interface KeptAnswer extends RememberedSubmit {
  readonly id: ExpansionId;
  readonly mark: number;
}

interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

/** A wait for the pace of up to this long is sat out here; a longer one gives the row back. */
const PACE_WAIT_MS_MAX = 2_000;

export const createSubmitStage = (deps: SubmitStageDeps): StageStep => {
  // The time is taken before the question: a worker that stands still while the answer is on its way must not take a
  // licence of minutes ago for a fresh one.
  const waitForLicence = async (
    record: ExpansionRecord,
    context: StepContext,
  ): Promise<{ answer: LicenceAnswer; asked: Moment } | null> => {
    const caller = deps.newLicence();
    while (!context.stopping.aborted) {
      const asked = { monotonic: deps.clock.monotonic(), wall: deps.clock.now() };
      const answer = await deps.records.licence(record, deps.terms, caller, deps.memory.seen());
      if (answer.kind !== 'wait' || answer.ms > PACE_WAIT_MS_MAX) return { answer, asked };
      await deps.clock.wait(answer.ms, context.stopping);
    }
    return null;
  };

  return async (record, context): Promise<Outcome> => {
    // The bucket is a second ledger: what stands there was paid for, in an earlier life of this row or of Redis.
    let imageUrl: string;
    try {
      await deps.memory.ready();
      const object = await deps.store.head(record.request.output_key, context.lastCall);
      if (object !== null) return fromBucket(record, object);
      imageUrl = record.request.source.startsWith('s3://')
        ? await deps.store.presignSource(record.request.source, deps.sourceSecondsValid)
        : record.request.source;
    } catch (error) {
      return { kind: 'postponed', delayMs: deps.postponeMs, reason: codeOf(error) };
    }

    const answered = await waitForLicence(record, context);
    if (answered === null) return { kind: 'postponed', delayMs: 0, reason: 'worker_stopping' };
    const { answer: licence, asked } = answered;
    if (licence.kind === 'wait') return { kind: 'postponed', delayMs: licence.ms, reason: 'pace' };
    if (licence.kind === 'returned') return licence;
    if (licence.kind === 'cancelled') return { kind: 'cancelled' };
    if (licence.kind === 'stale') return { kind: 'drop', reason: 'the record has moved on' };

    const { at, mark } = licence;
    deps.memory.see({ mark, name: licence.licence });
    // From here on the only way back is an answer. Stopping does not cut the POST short: its answer is money.
    const tooOld: Failure = {
      code: 'licence_too_old',
      // No attempt spent: neither the row nor upstream had a part in it.
      class: 'throttled',
      message: 'The worker was held up; nothing was sent.',
    };
    if (licence.unconfirmed)
      return { kind: 'unsent', licence: licence.licence, delayMs: deps.postponeMs, reason: 'replicas_missing' };
    if (context.stopping.aborted) return { kind: 'refused', licence: licence.licence, failure: tooOld };
    // The monotonic clock goes on while a process is stopped (SIGSTOP), but stands while a whole machine sleeps; the wall
    // clock, which may be put right by a little at any time, is asked only for that.
    const answeredAt = deps.clock.monotonic();
    let sentAt = answeredAt;
    const beforeSend = (): void => {
      sentAt = deps.clock.monotonic();
      const old = deps.clock.monotonic() - asked.monotonic > deps.licenceAgeMsMax;
      const slept = deps.clock.now() - asked.wall > 2 * deps.licenceAgeMsMax;
      if (old || slept) throw new OutpaintError(tooOld.code, tooOld.message);
    };
    let answer: SubmitAnswer;
    try {
      const input = { imageUrl, parameters: { ...record.request.parameters } };
      answer = await deps.upstream.submit(input, { signal: context.lastCall, beforeSend });
    } catch (error) {
      // The client rejects only with what `beforeSend` threw, and then no byte has left.
      if (codeOf(error) === tooOld.code) return { kind: 'refused', licence: licence.licence, failure: tooOld };
      throw error;
    }
    switch (answer.kind) {
      case 'accepted': {
        const kept = { licence: licence.licence, taskId: asTaskId(answer.taskId), requestId: answer.requestId };
        deps.memory.answered({ ...kept, id: record.id, at, mark });
        return { kind: 'submitted', ...kept };
      }
      case 'refused':
        return { kind: 'refused', licence: licence.licence, failure: answer.failure };
      case 'in_doubt':
        // By Redis' clock, from what it said at the grant and our own time since, the longer one for the end.
        return {
          kind: 'doubted',
          licence: licence.licence,
          failure: answer.failure,
          window: {
            from: Math.floor(licence.at + sentAt - answeredAt),
            to: Math.ceil(
              licence.at + Math.max(deps.clock.monotonic() - asked.monotonic, deps.clock.now() - asked.wall),
            ),
          },
        };
    }
  };
};

const fromBucket = (
  record: ExpansionRecord,
  object: { expansionId: string | null; taskId: string | null; bytes: number; sha256: string | null },
): Outcome => {
  if (object.expansionId === record.id) {
    // Metadata is text that anybody may have written.
    const taskId = object.taskId !== null && isTaskId(object.taskId) ? asTaskId(object.taskId) : null;
    return {
      kind: 'found',
      taskId,
      picture: { bytes: object.bytes, sha256: object.sha256, width: null, height: null },
    };
  }
  return {
    kind: 'unacceptable',
    failure: {
      code: 'output_key_taken',
      class: 'permanent',
      message: `The key ${record.request.output_key} holds another object${object.expansionId ? ` (of ${object.expansionId})` : ''}; nothing was paid.`,
    },
  };
};
