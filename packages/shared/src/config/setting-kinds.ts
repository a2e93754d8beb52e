// The kinds of setting: how the text of an environment variable becomes a value, and how its range reads in words.
import { isIP } from 'node:net';
import { z } from 'zod';
import { parseMoney } from '../contract/money.ts';

/** One environment variable. `default` is as the environment would write it; undefined means that there is none. */
export interface Setting<Value = unknown> {
  /** From the variable's text, already trimmed and never empty, to its value. */
  readonly schema: z.ZodType<Value, string>;
  readonly default: string | undefined;
  /** `required` must be given; `optional` is null when it is not. */
  readonly need: 'default' | 'required' | 'optional';
  readonly allowed: string;
  readonly unit: string;
  readonly doc: string;
  /** Its value is shown nowhere, not even in a problem. */
  readonly secret: boolean;
}

const setting = <Value>(
  schema: z.ZodType<Value, string>,
  byDefault: string | undefined,
  allowed: string,
  unit: string,
  doc: string,
): Setting<Value> => ({
  schema,
  default: byDefault,
  need: byDefault === undefined ? 'required' : 'default',
  allowed,
  unit,
  doc,
  secret: false,
});

const between = (what: string, min: number, max: number): string => `${what} from ${min} to ${max}`;

export const integer = (byDefault: number, min: number, max: number, unit: string, doc: string): Setting<number> =>
  setting(
    z
      .string()
      .regex(/^-?\d{1,15}$/)
      .transform(Number)
      .pipe(z.int().min(min).max(max)),
    String(byDefault),
    between('an integer', min, max),
    unit,
    doc,
  );

export const decimal = (byDefault: number, min: number, max: number, unit: string, doc: string): Setting<number> =>
  setting(
    z
      .string()
      .regex(/^-?\d{1,12}(\.\d{1,6})?$/)
      .transform(Number)
      .pipe(z.number().min(min).max(max)),
    String(byDefault),
    between('a number', min, max),
    unit,
    doc,
  );

export const flag = (byDefault: boolean, doc: string): Setting<boolean> =>
  setting(
    z.enum(['true', 'false']).transform((text) => text === 'true') as unknown as z.ZodType<boolean, string>,
    String(byDefault),
    'true or false',
    'flag',
    doc,
  );

export const choice = <const Choices extends readonly [string, ...string[]]>(
  byDefault: Choices[number],
  choices: Choices,
  doc: string,
): Setting<Choices[number]> =>
  setting(
    z.enum(choices) as unknown as z.ZodType<Choices[number], string>,
    byDefault,
    `one of ${choices.join(', ')}`,
    'name',
    doc,
  );

export const text = (byDefault: string | undefined, pattern: RegExp, allowed: string, doc: string): Setting<string> =>
  setting(z.string().max(2048).regex(pattern), byDefault, allowed, 'text', doc);

/** S3 keys have 1024 bytes, of which an output key may take 900. */
const PREFIX_CHARS_MAX = 120;
const SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9._-]+$/;

/** The first part of every object key, without slashes at its ends; empty for none. */
export const keyPrefix = (doc: string): Setting<string> =>
  setting(
    z
      .string()
      .transform((value) => value.replace(/\/$/, ''))
      .refine((value) => value.length <= PREFIX_CHARS_MAX && value.split('/').every((part) => SEGMENT.test(part))),
    '',
    `at most ${PREFIX_CHARS_MAX} of A-Z a-z 0-9 . _ - with single slashes between them`,
    'text',
    doc,
  );

/** An address with one of the protocols, kept without its last slash. */
export const address = (byDefault: string | undefined, protocols: readonly string[], doc: string): Setting<string> =>
  setting(
    z
      .string()
      .max(2048)
      .refine((value) => protocols.includes(URL.parse(value)?.protocol ?? ''))
      .transform((value) => value.replace(/\/+$/, '')),
    byDefault,
    `an address that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    'URL',
    doc,
  );

/** Money in millionths of the currency's unit. */
export const money = (byDefault: string, doc: string): Setting<number> =>
  setting(
    z
      .string()
      .regex(/^\d{1,9}(\.\d{1,6})?$/)
      .transform(parseMoney),
    byDefault,
    'an amount such as 0.18, with at most six decimals',
    'currency',
    doc,
  );

const ITEMS_MAX = 100;
const list = (
  byDefault: string,
  item: (value: string) => boolean,
  allowed: string,
  doc: string,
): Setting<readonly string[]> =>
  setting(
    z
      .string()
      .transform((value) =>
        value
          .split(',')
          .map((part) => part.trim().toLowerCase())
          .filter((part) => part !== ''),
      )
      .refine((items) => items.length <= ITEMS_MAX && items.every(item)),
    byDefault,
    `${allowed}, separated by commas`,
    'list',
    doc,
  );

export const hostSuffixes = (byDefault: string, doc: string): Setting<readonly string[]> =>
  list(byDefault, (host) => /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(host), 'host names without a scheme', doc);

const isCidr = (value: string): boolean => {
  const [ip = '', bits = '', ...rest] = value.split('/');
  const bitsMax = { 0: -1, 4: 32, 6: 128 }[isIP(ip)] ?? -1;
  return rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= bitsMax;
};

export const cidrs = (byDefault: string, doc: string): Setting<readonly string[]> =>
  list(byDefault, isCidr, 'address ranges such as 127.0.0.1/32', doc);

/** The same setting, which may be left out and is null then. */
export const optional = <Value>(of: Setting<Value>): Setting<Value | null> => ({
  ...of,
  schema: of.schema as z.ZodType<Value | null, string>,
  default: undefined,
  need: 'optional',
});

/** The same setting, whose value is never shown. */
export const secret = <Value>(of: Setting<Value>): Setting<Value> => ({ ...of, secret: true });
