// Where other services' jobs come in: validate, normalise, accept; what is malformed becomes a letter that says why.
import { createHash } from 'node:crypto';
import type { BatchStore } from '@outpaint/shared/batch/batch-store';
import type { IntakeLetter } from '@outpaint/shared/contract/dead-letter';
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import { withoutTrace } from '@outpaint/shared/contract/intake-message';
import { type Problem, sentenceOf } from '@outpaint/shared/contract/problem';
import { parseRequest } from '@outpaint/shared/contract/request';
import { codeOf, OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import type { OpenSpan, Tracing } from '@outpaint/shared/telemetry/tracing';

export interface IntakeDeps {
  readonly batches: Pick<BatchStore, 'open' | 'accept'>;
  readonly writeIntakeLetter: (letterId: string, letter: IntakeLetter) => Promise<void>;
  readonly now: () => number;
  readonly tracing: Tracing;
  readonly log: Logger;
}

/** `carrier` is what BullMQ's own telemetry put beside the message, if its sender uses it. */
export interface IntakeJob {
  readonly id: string;
  readonly addedAt: number;
  readonly data: unknown;
  readonly carrier?: string | undefined;
}

/** A message larger than this is not looked into. */
const MESSAGE_CHARS_MAX = 65_536;

/**
 * Returns what the job returns. Throws `request_invalid` after the letter was written: the caller's own wait for the
 * job then fails with the same sentence. Safe to repeat: a message without `custom_id` is named after its job, so that a stalled
 * job that runs again names the same expansion.
 */
export const intake = (deps: IntakeDeps, job: IntakeJob): Promise<{ expansion_id: ExpansionId }> => {
  const { request, trace } = withoutTrace(job.data, job.carrier);
  return deps.tracing.during(
    'intake',
    { parent: trace, begins: true, kind: 'consumer', facts: { door: 'queue', job_id: job.id } },
    (span) => take(deps, job, request, span),
  );
};

const take = async (
  deps: IntakeDeps,
  job: IntakeJob,
  message: unknown,
  span: OpenSpan,
): Promise<{ expansion_id: ExpansionId }> => {
  const text = JSON.stringify(job.data) ?? 'null';
  const refuse = async (problems: readonly Problem[]): Promise<never> => {
    const message = problems.map(sentenceOf).join(' ');
    const letterId = `intake-${nameOf(job)}.1`;
    await deps.writeIntakeLetter(letterId, malformedLetter(text, message, problems, deps.now()));
    throw new OutpaintError('request_invalid', message, { facts: { job_id: job.id, letter_id: letterId } });
  };
  if (text.length > MESSAGE_CHARS_MAX) {
    return refuse([
      {
        field: '',
        value: `${text.length} characters`,
        message: `The message is larger than ${MESSAGE_CHARS_MAX} characters.`,
      },
    ]);
  }
  const parsed = parseRequest(message, { randomCustomId: () => `intake-${nameOf(job)}` });
  if (!parsed.ok) return refuse(parsed.problems);
  const { request } = parsed;
  await deps.batches.open(request.batch, {});
  const [answer] = await deps.batches.accept(request.batch, [request], span.context).catch((error: unknown) => {
    if (codeOf(error) !== 'batch_cancelled') throw error;
    const message = `The batch ${request.batch} was cancelled and takes no rows.`;
    return refuse([{ field: 'batch', value: request.batch, message, remedy: 'Use another batch.' }]);
  });
  if (answer === undefined) throw new OutpaintError('intake_unanswered', 'The store did not answer for the row.');
  if (answer.kind === 'conflict') {
    return refuse(
      answer.fields.map((field) => ({
        field,
        value: '',
        message: `custom_id ${request.custom_id} was accepted in batch ${request.batch} with another ${field}.`,
        remedy: 'Use another custom_id, or send the same content.',
      })),
    );
  }
  const names = {
    expansion_id: answer.id,
    batch: request.batch,
    ...(span.context === null ? {} : { trace_id: span.context.traceId }),
  };
  span.note({ ...names, created: answer.kind === 'accepted' });
  if (answer.kind === 'accepted') deps.log.info({ stage: 'intake', ...names, job_id: job.id }, 'expansion accepted');
  return { expansion_id: answer.id };
};

/** Job ids begin again at 1 in a new Redis; with the time they do not meet. */
const nameOf = (job: { id: string; addedAt: number }): string =>
  createHash('sha256').update(`${job.id}\0${job.addedAt}`).digest('hex').slice(0, 24);

const malformedLetter = (text: string, message: string, problems: readonly Problem[], now: number): IntakeLetter => ({
  v: 1,
  expansion_id: null,
  batch: null,
  custom_id: null,
  request: text.length <= MESSAGE_CHARS_MAX ? JSON.parse(text) : text.slice(0, 1_000),
  stage: 'intake',
  code: 'request_invalid',
  class: 'permanent',
  message,
  upstream_request_id: null,
  task_id: null,
  attempts: 0,
  errors: [],
  dead_at: now,
  problems,
});
