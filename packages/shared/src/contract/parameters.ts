// The API's own parameters of an expansion: one table with schema, default and range of each.
import { z } from 'zod';
import { type Problem, unknownName, wrong } from './problem.ts';

export const OUTPUT_RATIOS = ['', '1:1', '3:4', '4:3', '9:16', '16:9'] as const;
export type OutputRatio = (typeof OUTPUT_RATIOS)[number];

/** Two offsets of one axis must stay under 3 times the side, and no accepted side is longer than 4096 px. */
export const OFFSET_PX_MAX = 3 * 4096 - 1;

const scale = { schema: z.number().min(1).max(3), default: 1, allowed: 'a number from 1.0 to 3.0' } as const;
const offset = {
  schema: z.int().min(0).max(OFFSET_PX_MAX),
  default: 0,
  allowed: `an integer from 0 to ${OFFSET_PX_MAX} (pixels)`,
} as const;
const flag = (byDefault: boolean) => ({ schema: z.boolean(), default: byDefault, allowed: 'true or false' }) as const;

/**
 * Every parameter with its range and the API's default, in the order in which they are stored and sent.
 * Source: the API's page, "create task"; the defaults are the API's, also the watermark's `true`.
 */
export const PARAMETER_RULES = {
  angle: { schema: z.int().min(0).max(359), default: 0, allowed: 'an integer from 0 to 359' },
  output_ratio: {
    schema: z.enum(OUTPUT_RATIOS),
    default: '',
    allowed: 'one of "", "1:1", "3:4", "4:3", "9:16", "16:9"',
  },
  x_scale: scale,
  y_scale: scale,
  top_offset: offset,
  bottom_offset: offset,
  left_offset: offset,
  right_offset: offset,
  best_quality: flag(false),
  limit_image_size: flag(true),
  add_watermark: flag(true),
} as const;

export type ParameterName = keyof typeof PARAMETER_RULES;
export const PARAMETER_NAMES = Object.keys(PARAMETER_RULES) as readonly ParameterName[];

/** What a caller may give: any of the parameters. */
export interface Parameters {
  readonly angle?: number;
  readonly output_ratio?: OutputRatio;
  readonly x_scale?: number;
  readonly y_scale?: number;
  readonly top_offset?: number;
  readonly bottom_offset?: number;
  readonly left_offset?: number;
  readonly right_offset?: number;
  readonly best_quality?: boolean;
  readonly limit_image_size?: boolean;
  readonly add_watermark?: boolean;
}

/** What is sent: only what takes effect, and the three switches always, so that a changed default upstream changes nothing. */
export interface SentParameters extends Parameters {
  readonly best_quality: boolean;
  readonly limit_image_size: boolean;
  readonly add_watermark: boolean;
}

export const isParameterName = (name: string): name is ParameterName => Object.hasOwn(PARAMETER_RULES, name);

/** Whether a parameter was given a value that is not its default: only then does it count as set. */
export const isSet = (parameters: Parameters, name: ParameterName): boolean =>
  parameters[name] !== undefined && parameters[name] !== PARAMETER_RULES[name].default;

/** Checks each parameter on its own. `parameters` holds those that are right; every other one is a problem. */
export const checkParameters = (input: unknown): { parameters: Parameters; problems: Problem[] } => {
  if (input === undefined) return { parameters: {}, problems: [] };
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return { parameters: {}, problems: [wrong('parameters', input, 'an object of the parameters')] };
  }
  const right: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const [name, value] of Object.entries(input)) {
    if (!isParameterName(name)) {
      problems.push(unknownName('parameters.', name, value, PARAMETER_NAMES));
    } else if (value !== undefined) {
      const parsed = PARAMETER_RULES[name].schema.safeParse(value);
      // `-0` would be stored as another number than 0 and break the comparison of two requests.
      if (parsed.success) right[name] = parsed.data === 0 ? 0 : parsed.data;
      else problems.push(wrong(`parameters.${name}`, value, PARAMETER_RULES[name].allowed));
    }
  }
  return { parameters: right, problems };
};
