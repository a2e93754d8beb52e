// Tokens of the HTTP server as they stand in the environment: hashed, with scopes and a batch prefix.
import { z } from 'zod';
import type { Setting } from './setting-kinds.ts';

export const SCOPES = ['read', 'enqueue', 'operate'] as const;
export type Scope = (typeof SCOPES)[number];

export interface ApiToken {
  /** For logs and rate limits; a caller never sends it. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Only batches whose name begins with it; empty for all. */
  readonly batchPrefix: string;
  /** SHA-256 of the token, 64 hexadecimal digits. */
  readonly sha256: string;
}

const ITEM =
  /^([A-Za-z0-9._-]{1,64}):((?:read|enqueue|operate)(?:\+(?:read|enqueue|operate))*):([A-Za-z0-9._-]{0,128}):([0-9a-f]{64})$/;
const TOKENS_MAX = 1000;

const tokenOf = (item: string): ApiToken | null => {
  const match = ITEM.exec(item);
  if (match === null) return null;
  const [, name = '', scopes = '', batchPrefix = '', sha256 = ''] = match;
  return { name, scopes: scopes.split('+') as Scope[], batchPrefix, sha256 };
};

/** `shop:read+enqueue:spring-:<sha256>`, separated by commas or spaces. The token itself is nowhere. */
export const apiTokens = (doc: string): Setting<readonly ApiToken[]> => ({
  schema: z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter((item) => item !== ''))
    .refine(
      (items) =>
        items.length <= TOKENS_MAX &&
        items.every((item) => tokenOf(item) !== null) &&
        new Set(items.map((item) => item.split(':')[0])).size === items.length,
    )
    .transform((items) => items.flatMap((item) => tokenOf(item) ?? [])) as unknown as z.ZodType<
    readonly ApiToken[],
    string
  >,
  default: '',
  need: 'default',
  allowed:
    'name:scopes:batch-prefix:sha256 with scopes of read, enqueue, operate joined by +, separated by commas, each name once',
  unit: 'list',
  doc,
  secret: false,
});
