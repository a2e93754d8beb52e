// Reads the settings of some parts from an environment: once, all problems in one message, frozen.

import { boundedValue, type Problem, sentenceOf } from '../contract/problem.ts';
import { OutpaintError } from '../errors/outpaint-error.ts';
import { type CamelCase, camelCase } from './camel-case.ts';
import type { Setting } from './setting-kinds.ts';
import { RELATIONS } from './setting-relations.ts';
import { SETTINGS_TABLE, type SettingsPart } from './settings-table.ts';

type ValueOf<S> = S extends Setting<infer Value> ? Value : never;
export type SettingsOf<Part extends SettingsPart> = {
  readonly [Name in keyof (typeof SETTINGS_TABLE)[Part] & string as CamelCase<Name>]: ValueOf<
    (typeof SETTINGS_TABLE)[Part][Name]
  >;
};
export type Settings<Part extends SettingsPart> = { readonly [P in Part]: SettingsOf<P> };

export type Environment = Readonly<Record<string, string | undefined>>;
export type SettingSource = 'environment' | 'default' | 'unset';

export type ReadSettings<Part extends SettingsPart> =
  | {
      readonly ok: true;
      readonly settings: Settings<Part>;
      /** By variable name, where its value came from; holds no values. */
      readonly sources: Readonly<Record<string, SettingSource>>;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Pure: reads `env` only. An empty variable counts as unset. A secret's value is in `settings` and in no problem. */
export const readSettings = <const Part extends SettingsPart>(
  env: Environment,
  parts: readonly Part[],
): ReadSettings<Part> => {
  const problems: Problem[] = [];
  const sources: Record<string, SettingSource> = {};
  const numbers = new Map<string, number>();
  const settings: Record<string, unknown> = {};
  for (const part of parts) {
    const values: Record<string, unknown> = {};
    for (const [name, setting] of Object.entries<Setting>(SETTINGS_TABLE[part])) {
      const given = env[name]?.trim() ?? '';
      sources[name] = given !== '' ? 'environment' : setting.need === 'default' ? 'default' : 'unset';
      const value = valueIn(name, setting, given, problems);
      if (typeof value === 'number') numbers.set(name, value);
      values[camelCase(name)] = Object.freeze(value);
    }
    settings[part] = Object.freeze(values);
  }
  problems.push(...relationProblems(numbers));
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, settings: Object.freeze(settings) as Settings<Part>, sources: Object.freeze(sources) };
};

const valueIn = (name: string, setting: Setting, given: string, problems: Problem[]): unknown => {
  if (given === '') {
    if (setting.need === 'optional') return null;
    if (setting.need === 'required') {
      const remedy = `It is ${setting.doc}.`;
      problems.push({ field: name, value: undefined, message: 'is not set', allowed: setting.allowed, remedy });
      return undefined;
    }
    // An empty default (a prefix, a list) is a value of its own and no text to be checked.
    if (setting.default === '') return setting.unit === 'list' ? [] : '';
  }
  const parsed = setting.schema.safeParse(given === '' ? setting.default : given);
  if (parsed.success) return parsed.data;
  const shown = setting.secret ? undefined : boundedValue(given);
  problems.push({ field: name, value: shown, message: `must be ${setting.allowed}`, allowed: setting.allowed });
  return undefined;
};

const relationProblems = (numbers: ReadonlyMap<string, number>): Problem[] =>
  RELATIONS.flatMap(({ less, more, why }) => {
    const small = numbers.get(less);
    const large = numbers.get(more);
    if (small === undefined || large === undefined || small <= large) return [];
    const allowed = `at most ${large}, the value of ${more}`;
    return [{ field: less, value: small, message: `must be ${allowed}`, allowed, remedy: `Otherwise ${why}.` }];
  });

/** One message for people with a line for each problem. */
export const settingsMessage = (problems: readonly Problem[]): string =>
  ['The settings are not right:', ...problems.map((problem) => `  ${sentenceOf(problem)}`)].join('\n');

/** As {@link readSettings}, for a `main.ts`: throws `settings_invalid`, whose message names every problem. */
export const settingsOrThrow = <const Part extends SettingsPart>(
  env: Environment,
  parts: readonly Part[],
): Settings<Part> => {
  const read = readSettings(env, parts);
  if (read.ok) return read.settings;
  throw new OutpaintError('settings_invalid', settingsMessage(read.problems), { facts: { problems: read.problems } });
};
