// Which parameters take effect: a ratio beats scales, scales beat offsets, and the angle goes with any of them.
import {
  isSet,
  OFFSET_PX_MAX,
  PARAMETER_NAMES,
  PARAMETER_RULES,
  type ParameterName,
  type Parameters,
  type SentParameters,
} from './parameters.ts';
import type { Problem, Warning } from './problem.ts';

/** How the picture is extended; `none` asks for nothing and is refused by {@link modeProblems}. */
export type Mode = 'ratio' | 'scale' | 'offsets' | 'rotate' | 'none';

/** Highest priority first. Source: the API's page, "modes and priority". */
const PARAMETERS_OF_MODE = {
  ratio: ['output_ratio'],
  scale: ['x_scale', 'y_scale'],
  offsets: ['top_offset', 'bottom_offset', 'left_offset', 'right_offset'],
} as const satisfies Partial<Record<Mode, readonly ParameterName[]>>;

const SWITCHES = ['best_quality', 'limit_image_size', 'add_watermark'] as const satisfies readonly ParameterName[];
const QUARTER_TURNS: readonly unknown[] = [90, 180, 270];

export interface Effective {
  readonly mode: Mode;
  /** In the table's order: two equal requests serialise to the same text. */
  readonly sent: SentParameters;
  /** Names that were given a value other than the default and yet have no effect. */
  readonly ignored: readonly ParameterName[];
}

/** The mode that a parameter asks for; null for the angle and the switches, which go with any. */
export const modeOfParameter = (name: ParameterName): 'ratio' | 'scale' | 'offsets' | null => {
  for (const mode of ['ratio', 'scale', 'offsets'] as const) {
    if ((PARAMETERS_OF_MODE[mode] as readonly ParameterName[]).includes(name)) return mode;
  }
  return null;
};

const modeOf = (parameters: Parameters): Mode => {
  for (const mode of ['ratio', 'scale', 'offsets'] as const) {
    if (PARAMETERS_OF_MODE[mode].some((name) => isSet(parameters, name))) return mode;
  }
  return isSet(parameters, 'angle') ? 'rotate' : 'none';
};

/** What the API will act on. A value that equals the default does not count as set and is not sent, the switches excepted. */
export const effectiveParameters = (parameters: Parameters): Effective => {
  const mode = modeOf(parameters);
  const inMode: readonly ParameterName[] = mode === 'rotate' || mode === 'none' ? [] : PARAMETERS_OF_MODE[mode];
  const sent: Record<string, unknown> = {};
  const ignored: ParameterName[] = [];
  for (const name of PARAMETER_NAMES) {
    if ((SWITCHES as readonly ParameterName[]).includes(name)) {
      sent[name] = parameters[name] ?? PARAMETER_RULES[name].default;
    } else if (isSet(parameters, name)) {
      if (name === 'angle' || inMode.includes(name)) sent[name] = parameters[name];
      else ignored.push(name);
    }
  }
  return { mode, sent: sent as unknown as SentParameters, ignored };
};

/** What can be seen to fail before anything is paid: a request that extends nothing, a lone quarter turn, too many pixels. */
export const modeProblems = (parameters: Parameters): Problem[] => {
  const { mode, sent } = effectiveParameters(parameters);
  if (mode === 'none') {
    const remedy =
      'Set output_ratio, or x_scale or y_scale above 1.0, or an offset above 0, or an angle from 1 to 359.';
    return [{ field: 'parameters', value: undefined, message: 'extend nothing', remedy }];
  }
  if (mode === 'rotate' && QUARTER_TURNS.includes(sent.angle)) {
    const allowed = 'an angle other than 90, 180 and 270 when it is the only one that is set';
    const remedy = 'A quarter turn extends nothing: add a ratio, a scale or an offset, or choose another angle.';
    return [{ field: 'parameters.angle', value: sent.angle, message: `must be ${allowed}`, allowed, remedy }];
  }
  return mode === 'offsets' ? [...axisProblems(sent, 'top', 'bottom'), ...axisProblems(sent, 'left', 'right')] : [];
};

/** A warning for each parameter that would be silently ignored: otherwise people pay for another picture than they meant. */
export const ignoredWarnings = ({ mode, ignored }: Effective): Warning[] =>
  ignored.map((name) => ({
    field: `parameters.${name}`,
    message: `has no effect, because ${mode === 'ratio' ? 'output_ratio' : 'x_scale or y_scale'} takes precedence; it is not sent`,
  }));

const axisProblems = (sent: SentParameters, one: 'top' | 'left', other: 'bottom' | 'right'): Problem[] => {
  const sum = (sent[`${one}_offset`] ?? 0) + (sent[`${other}_offset`] ?? 0);
  if (sum <= OFFSET_PX_MAX) return [];
  const allowed = `at most ${OFFSET_PX_MAX} together with ${other}_offset`;
  const remedy = 'The API wants both together under three times the side, and no side is longer than 4096 px.';
  return [{ field: `parameters.${one}_offset`, value: sum, message: `must be ${allowed}`, allowed, remedy }];
};
