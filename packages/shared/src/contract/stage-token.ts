// The wake-up token of a stage: a BullMQ job's data, which holds an id and a hop and never the work itself.
import { type ExpansionId, isExpansionId } from './ids.ts';

export const TOKEN_VERSION = 1;

export interface StageToken {
  readonly v: 1;
  readonly id: ExpansionId;
  /** The record's hop when the token was made; a stage drops a token of another hop. */
  readonly hop: number;
}

export const stageToken = (id: ExpansionId, hop: number): StageToken => ({ v: TOKEN_VERSION, id, hop });

/**
 * The token's BullMQ job id. The hop is part of it because BullMQ silently ignores an id that is still active or kept;
 * there is no `:` in it because BullMQ refuses one.
 */
export const tokenJobId = (id: ExpansionId, hop: number): string => `${id}.${hop}`;

/** Whether a job's data is a token of a later version: it is left for a worker that knows it, never dropped. */
export const isNewerToken = (data: unknown): boolean => {
  const v = typeof data === 'object' && data !== null && 'v' in data ? data.v : undefined;
  return typeof v === 'number' && v > TOKEN_VERSION;
};

/** The token in a job's data, or null if it is none or of a version that this code does not know. */
export const parseToken = (data: unknown): StageToken | null => {
  if (typeof data !== 'object' || data === null) return null;
  const { v, id, hop } = data as Readonly<Record<string, unknown>>;
  if (v !== TOKEN_VERSION || !isExpansionId(id)) return null;
  return typeof hop === 'number' && Number.isSafeInteger(hop) && hop >= 0 ? stageToken(id, hop) : null;
};
