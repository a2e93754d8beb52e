// Every setting in force as a person may see it: value, unit, where it came from, and never a secret.
import { nearestName } from '../contract/nearest-name.ts';
import type { Problem } from '../contract/problem.ts';
import { camelCase } from './camel-case.ts';
import type { Setting } from './setting-kinds.ts';
import { type Environment, readSettings, type SettingSource } from './settings.ts';
import { SETTINGS_TABLE, type SettingsPart } from './settings-table.ts';

export interface SettingView {
  readonly part: SettingsPart;
  readonly name: string;
  /** The value as it is in force, as text; null when it is unset or wrong. A secret is only `set, N characters`. */
  readonly value: string | null;
  readonly unit: string;
  readonly source: SettingSource;
  readonly allowed: string;
  readonly secret: boolean;
  readonly doc: string;
}

export interface SettingsOverview {
  readonly settings: readonly SettingView[];
  /** All that is wrong, each by its variable. */
  readonly problems: readonly Problem[];
  /** Variables that look like ours and are none, with the name that was probably meant. */
  readonly strangers: readonly { readonly name: string; readonly meant: string }[];
}

/** Names that begin so are ours or a misspelling of ours; a shorter list would miss some, a longer one would blame strangers. */
const OUR_BEGINNINGS =
  /^(DASHSCOPE|OUTPAINT|UPSTREAM|SUBMIT|QUERY|POLL|TASK|RETRY|TRANSIENT|SOURCE|RESULT|UNDELIVERED|LINE|DOUBT|RESCUE|SWEEP|FEED|DELIVER|INTAKE|REDIS|S3|PRICE|SHUTDOWN|WORKER)_/;

const shownText = (value: unknown): string | null => {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.join(', ');
  // A password in an address is a secret wherever the address stands.
  return String(value).replace(/^([a-z][a-z0-9+.-]*:\/\/)[^\s/?#]*@/i, '$1…@');
};

/** Millionths are how we count money, not how people write it. */
const inUnits = (setting: Setting, value: unknown): unknown =>
  setting.unit === 'currency' && typeof value === 'number' ? value / 1_000_000 : value;

const strangersIn = (env: Environment, known: readonly string[]): SettingsOverview['strangers'] =>
  Object.keys(env)
    .filter((name) => OUR_BEGINNINGS.test(name) && !known.includes(name) && (env[name] ?? '').trim() !== '')
    .flatMap((name) => {
      const meant = nearestName(name, known);
      return meant === null ? [] : [{ name, meant }];
    });

const ALL_NAMES = Object.values(SETTINGS_TABLE).flatMap((settings) => Object.keys(settings));

/** Pure, and it never throws: what is wrong in one part hides no value of another. */
export const settingsOverview = (env: Environment, parts: readonly SettingsPart[]): SettingsOverview => {
  const settings: SettingView[] = [];
  // All parts together: what must hold between two settings may lie across two parts.
  const whole = readSettings(env, parts);
  for (const part of parts) {
    const read = readSettings(env, [part]);
    const values: Readonly<Record<string, unknown>> = read.ok ? read.settings[part] : {};
    for (const [name, setting] of Object.entries<Setting>(SETTINGS_TABLE[part])) {
      const given = env[name]?.trim() ?? '';
      const source: SettingSource = given !== '' ? 'environment' : setting.need === 'default' ? 'default' : 'unset';
      // In a part with a problem the other settings are shown as they are written.
      const isWrong = !read.ok && read.problems.some((problem) => problem.field === name);
      const plain = read.ok ? shownText(inUnits(setting, values[camelCase(name)])) : given || (setting.default ?? null);
      const masked = setting.secret && source === 'environment' ? `set, ${given.length} characters` : shownText(plain);
      const { unit, allowed, secret, doc } = setting;
      settings.push({ part, name, value: isWrong ? null : masked, unit, source, allowed, secret, doc });
    }
  }
  return { settings, problems: whole.ok ? [] : whole.problems, strangers: strangersIn(env, ALL_NAMES) };
};
