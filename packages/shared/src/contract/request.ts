// One expansion request as it is kept: checked, normalised and comparable as text.
import { BATCH_NAME_ALLOWED, type BatchName, type CustomId, isBatchName, SINGLE_BATCH } from './ids.ts';
import { effectiveParameters, ignoredWarnings, modeProblems } from './modes.ts';
import { defaultOutputKey, isOutputKey, OUTPUT_KEY_ALLOWED } from './output-key.ts';
import { checkParameters, type SentParameters } from './parameters.ts';
import { boundedProblems, type Problem, unknownName, type Warning, wrong } from './problem.ts';
import { checkSource } from './source.ts';

/** The version of the request's layout; a newer one is refused, not guessed at. */
export const REQUEST_VERSION = 1;

/** Keys stand in this order, so `JSON.stringify` of two equal requests is the same text. */
export interface ExpansionRequest {
  readonly v: 1;
  readonly custom_id: CustomId;
  readonly batch: BatchName;
  /** `http(s)://` percent-encoded, or `s3://bucket/key` with a literal key. */
  readonly source: string;
  readonly parameters: SentParameters;
  /** Relative to the installation's key prefix. */
  readonly output_key: string;
}

export type ParsedRequest =
  | { readonly ok: true; readonly request: ExpansionRequest; readonly warnings: readonly Warning[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface ParseOptions {
  /** The batch that everything read here belongs to; a row that names another one is refused. */
  readonly batch?: BatchName;
  /** Gives a fresh id to an expansion outside a batch that has none. */
  readonly randomCustomId: () => string;
}

export const REQUEST_FIELDS = ['v', 'custom_id', 'batch', 'source', 'parameters', 'output_key'] as const;
export const CUSTOM_ID_BYTES_MAX = 256;
export const CUSTOM_ID_ALLOWED = `1 to ${CUSTOM_ID_BYTES_MAX} bytes of printable text`;

/** Invisible characters are refused too: two rows that look alike would both be paid. */
export const isCustomId = (text: unknown): text is CustomId =>
  typeof text === 'string' &&
  text !== '' &&
  text.isWellFormed() &&
  Buffer.byteLength(text, 'utf8') <= CUSTOM_ID_BYTES_MAX &&
  !/[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/u.test(text);

/** Checks and normalises what a caller handed in; reports everything that is wrong at once. Pure apart from `randomCustomId`. */
export const parseRequest = (input: unknown, options: ParseOptions): ParsedRequest => {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return { ok: false, problems: [wrong('', input, 'a JSON object')] };
  }
  const given = input as Readonly<Record<string, unknown>>;
  const problems: Problem[] = [];
  for (const name of Object.keys(given)) {
    if (!(REQUEST_FIELDS as readonly string[]).includes(name)) {
      problems.push(unknownName('', name, given[name], REQUEST_FIELDS));
    }
  }
  if (given.v !== undefined && given.v !== REQUEST_VERSION) {
    const remedy = 'This installation knows version 1 only; update it, or send that version.';
    problems.push(wrong('v', given.v, String(REQUEST_VERSION), remedy));
  }
  const batch = batchOf(given.batch, options.batch, problems);
  const customId = customIdOf(given.custom_id, batch, options.randomCustomId, problems);

  const source = checkSource(given.source);
  if (!source.ok) problems.push(wrong('source', source.shown, source.allowed, source.remedy));

  const checked = checkParameters(given.parameters);
  // Whether anything is extended can only be said of parameters that are right.
  problems.push(...checked.problems, ...(checked.problems.length > 0 ? [] : modeProblems(checked.parameters)));
  const effective = effectiveParameters(checked.parameters);

  const outputKey = outputKeyOf(given.output_key, batch, customId, problems);
  if (problems.length > 0 || batch === null || customId === null || !source.ok || outputKey === null) {
    return { ok: false, problems: boundedProblems(problems) };
  }
  const request: ExpansionRequest = {
    v: REQUEST_VERSION,
    custom_id: customId,
    batch,
    source: source.source,
    parameters: effective.sent,
    output_key: outputKey,
  };
  return { ok: true, request, warnings: [...edgeSpaceWarnings(customId), ...ignoredWarnings(effective)] };
};

const batchOf = (given: unknown, expected: BatchName | undefined, problems: Problem[]): BatchName | null => {
  if (given === undefined) return expected ?? SINGLE_BATCH;
  if (!isBatchName(given)) {
    problems.push(wrong('batch', given, BATCH_NAME_ALLOWED));
    return null;
  }
  if (expected !== undefined && given !== expected) {
    const remedy = 'Leave it out, or hand the row in under its own batch.';
    problems.push(wrong('batch', given, `${JSON.stringify(expected)}, the batch it is handed in under`, remedy));
    return null;
  }
  return given;
};

const customIdOf = (
  given: unknown,
  batch: BatchName | null,
  random: () => string,
  problems: Problem[],
): CustomId | null => {
  if (given === undefined && batch === SINGLE_BATCH) return random() as CustomId;
  if (isCustomId(given)) return given;
  const remedy =
    given === undefined ? 'Every row of a batch needs one: it is how its picture is found again.' : undefined;
  problems.push(wrong('custom_id', given, CUSTOM_ID_ALLOWED, remedy));
  return null;
};

const outputKeyOf = (
  given: unknown,
  batch: BatchName | null,
  customId: CustomId | null,
  problems: Problem[],
): string | null => {
  if (given === undefined) return batch === null || customId === null ? null : defaultOutputKey(batch, customId);
  if (typeof given === 'string' && isOutputKey(given, batch ?? SINGLE_BATCH)) return given;
  problems.push(wrong('output_key', given, OUTPUT_KEY_ALLOWED));
  return null;
};

const edgeSpaceWarnings = (customId: CustomId): Warning[] =>
  customId === customId.trim()
    ? []
    : [{ field: 'custom_id', message: 'begins or ends with a space, which is part of its name' }];
