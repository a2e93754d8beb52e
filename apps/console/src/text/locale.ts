// Which language people read: the browser's, until they switch; texts and numbers follow at once.
import { computed, effect, signal } from '@preact/signals';
import { en, type TextKey } from './en.ts';
import { zh } from './zh.ts';

export const LANGUAGES = { en: 'English', zh: '中文' } as const;
export type Language = keyof typeof LANGUAGES;

const preferred = (): Language => (navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en');

/** Kept for as long as the page is open. */
export const language = signal<Language>(preferred());

const texts = computed<Record<TextKey, string>>(() => (language.value === 'zh' ? zh : en));
const tag = computed(() => (language.value === 'zh' ? 'zh-CN' : 'en-GB'));

effect(() => {
  document.documentElement.lang = tag.value;
});

/** The text with `{name}` replaced by the value of that name. */
export const t = (key: TextKey, values: Readonly<Record<string, string | number>> = {}): string =>
  texts.value[key].replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));

/** For a word that the server says: its text where there is one, else itself. */
export const word = (text: string): string => (Object.hasOwn(en, text) ? texts.value[text as TextKey] : text);

export const number = (value: number, digits = 0): string =>
  value.toLocaleString(tag.value, { maximumFractionDigits: digits });

export const money = (amount: string, currency: string): string =>
  Number(amount).toLocaleString(tag.value, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });

export const time = (iso: string | null | undefined): string =>
  iso === null || iso === undefined
    ? '–'
    : new Date(iso).toLocaleString(tag.value, { dateStyle: 'short', timeStyle: 'medium' });

/** The two largest units: `3 h 12 min`. */
export const duration = (seconds: number): string => {
  if (!Number.isFinite(seconds)) return t('unknown');
  const parts: [number, TextKey][] = [
    [Math.floor(seconds / 86_400), 'day'],
    [Math.floor(seconds / 3_600) % 24, 'hour'],
    [Math.floor(seconds / 60) % 60, 'minute'],
    [Math.floor(seconds) % 60, 'second'],
  ];
  const first = parts.findIndex(([n]) => n > 0);
  if (first === -1) return t('second', { n: 0 });
  return parts
    .slice(first, first + 2)
    .filter(([n]) => n > 0)
    .map(([n, unit]) => t(unit, { n }))
    .join(' ');
};

export const bytes = (n: number): string =>
  n < 1_048_576 ? `${number(n / 1_024)} KiB` : `${number(n / 1_048_576, 1)} MiB`;
