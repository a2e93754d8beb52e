// Reads a submit body as strictly as the documentation can be read.
//
// Stricter than documented in one point: fields that the API does not know are refused, so that a client which
// sends its own fields upstream is noticed here.
import { EXPANSION_DEFAULTS, type ExpansionParameters, OUTPUT_RATIOS } from '../picture/expansion-parameters.ts';
import { API_ERRORS, type ApiError, parameterError } from './api-error.ts';
import { MODEL } from './task.ts';

export interface SubmitOrder {
  readonly source: string;
  readonly parameters: ExpansionParameters;
}

/** What could be read before the first error, for the ledger. */
export type SubmitVerdict =
  | { readonly order: SubmitOrder; readonly error: null }
  | { readonly order: null; readonly error: ApiError; readonly source: string | null };

type Json = Readonly<Record<string, unknown>>;

/** Never throws: bytes of the body in, an order or the API's error out. */
export function validateSubmit(body: Buffer): SubmitVerdict {
  const parsed = parseJson(body);
  if (parsed === null) return { order: null, error: API_ERRORS.json, source: null };
  const { model, input, parameters } = parsed;
  const source = isObject(input) && typeof input.image_url === 'string' ? input.image_url : null;
  const refuse = (error: ApiError) => ({ order: null, error, source });

  if (typeof model !== 'string' || model === '') return refuse(parameterError('model is required'));
  if (model !== MODEL) return refuse(API_ERRORS.modelNotFound);
  const stray = strayKey(parsed, ['model', 'input', 'parameters']);
  if (stray !== null) return refuse(parameterError(`unknown field ${stray}`));
  if (!isObject(input)) return refuse(parameterError('input is required'));
  if (source === null || source === '') return refuse(parameterError('input.image_url is required'));
  const strayInput = strayKey(input, ['image_url']);
  if (strayInput !== null) return refuse(parameterError(`unknown field input.${strayInput}`));
  if (!isPublicUrl(source)) return refuse(API_ERRORS.url);
  if (!isObject(parameters)) return refuse(parameterError('parameters is required'));
  const wrong = wrongParameter(parameters);
  if (wrong !== null) return refuse(parameterError(wrong));
  // Every field has been checked just above.
  return { order: { source, parameters: { ...EXPANSION_DEFAULTS, ...parameters } }, error: null };
}

type Rule = { readonly fits: (value: unknown) => boolean; readonly says: string };

const offset: Rule = { fits: (value) => Number.isInteger(value) && Number(value) >= 0, says: 'an integer >= 0' };
const scale: Rule = {
  fits: (value) => typeof value === 'number' && value >= 1 && value <= 3,
  says: 'a number from 1.0 to 3.0',
};
const flag: Rule = { fits: (value) => typeof value === 'boolean', says: 'true or false' };

const RULES: Readonly<Record<keyof ExpansionParameters, Rule>> = {
  angle: {
    fits: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 359,
    says: 'an integer from 0 to 359',
  },
  output_ratio: {
    fits: (value) => OUTPUT_RATIOS.some((ratio) => ratio === value),
    says: `one of ${OUTPUT_RATIOS.map((ratio) => `"${ratio}"`).join(', ')}`,
  },
  x_scale: scale,
  y_scale: scale,
  top_offset: offset,
  bottom_offset: offset,
  left_offset: offset,
  right_offset: offset,
  best_quality: flag,
  limit_image_size: flag,
  add_watermark: flag,
};

function wrongParameter(parameters: Json): string | null {
  const stray = strayKey(parameters, Object.keys(RULES));
  if (stray !== null) return `unknown field parameters.${stray}`;
  for (const [name, { fits, says }] of Object.entries(RULES)) {
    if (Object.hasOwn(parameters, name) && !fits(parameters[name])) return `${name} must be ${says}`;
  }
  return null;
}

function parseJson(body: Buffer): Json | null {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return isObject(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

/** Only http and https, and only printable ASCII: sibling pages forbid Chinese characters in a URL. */
function isPublicUrl(text: string): boolean {
  return /^https?:\/\/[\x21-\x7e]+$/i.test(text) && URL.canParse(text);
}

function strayKey(object: Json, known: readonly string[]): string | null {
  return Object.keys(object).find((key) => !known.includes(key)) ?? null;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
