// Takes out of a report what must not be in one: the key, signatures, cookies, and who the account is.
import { createHmac } from 'node:crypto';
import { redactLine } from '@outpaint/shared/telemetry/logger-redaction';

export interface ScrubTerms {
  readonly secrets: readonly string[];
  /** Random, and kept nowhere: ids stay comparable within one report and can be found in no other. */
  readonly salt: string;
}

const REMOVED_HEADERS: readonly string[] = ['authorization', 'proxy-authorization', 'cookie', 'set-cookie'];
const ACCOUNT_FIELDS: readonly string[] = ['api_key_id', 'caller_parent_id', 'caller_uid', 'apiKeyId'];
const DEPTH_MAX = 12;
/** Beyond the signatures that a log line is cleaned of: AWS' own names in addresses of sources. */
const KEY_SHAPED = /\b(LTAI|AKIA|ASIA)[A-Za-z0-9]{8,}/g;

const scrubText = (text: string, { secrets }: ScrubTerms): string =>
  redactLine(text, secrets).replace(KEY_SHAPED, '[redacted]');

/** A deep copy of plain data without secrets; what is no plain data becomes text. Safe to repeat. */
export const scrubbed = (value: unknown, terms: ScrubTerms, depth = 0): unknown => {
  if (typeof value === 'string') return scrubText(value, terms);
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (value === undefined) return undefined;
  if (depth >= DEPTH_MAX) return '[too deep]';
  if (Array.isArray(value)) return value.map((item) => scrubbed(item, terms, depth + 1));
  if (typeof value !== 'object') return String(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (REMOVED_HEADERS.includes(name.toLowerCase())) return [name, '[removed]'];
      const isAccount = ACCOUNT_FIELDS.includes(name) && (typeof inner === 'string' || typeof inner === 'number');
      if (isAccount && !String(inner).startsWith('hash:')) return [name, hashed(String(inner), terms.salt)];
      return [scrubText(name, terms), scrubbed(inner, terms, depth + 1)];
    }),
  );
};

const hashed = (text: string, salt: string): string =>
  `hash:${createHmac('sha256', salt).update(text).digest('hex').slice(0, 12)}`;
