// Who may call: bearer tokens, or a session that began with one; on loopback without tokens everybody on this machine, but no web page.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { ApiToken, Scope } from '@outpaint/shared/config/api-tokens';
import { SCOPES } from '@outpaint/shared/config/api-tokens';
import type { BatchName } from '@outpaint/shared/contract/ids';
import type { SessionStore } from '@outpaint/shared/record/session-store';
import type { FastifyRequest } from 'fastify';
import { HttpProblem } from './problem.ts';
import { isOwnPage, sessionNameOf } from './session-cookie.ts';

/** Who sends a request. */
export interface Caller {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly batchPrefix: string;
}

/** Where no token is set: the server then listens on loopback only. */
const LOCAL: Caller = { name: 'local', scopes: SCOPES, batchPrefix: '' };

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);

const sha256 = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();

export const bearerOf = (header: string | undefined): string | null =>
  /^Bearer +([\x21-\x7e]{1,512})$/i.exec(header ?? '')?.[1] ?? null;

/**
 * A browser lets any page send a simple request to this machine: without a token, only a page that this server served may.
 * The Host is looked at as well, or a name that somebody points at 127.0.0.1 would make a foreign page look like ours.
 */
const refuseForeignPages = (request: FastifyRequest): void => {
  const host = request.headers.host ?? '';
  const name = URL.parse(`http://${host}`)?.hostname ?? '';
  const origin = request.headers.origin;
  const site = request.headers['sec-fetch-site'];
  const foreign =
    (origin !== undefined && origin !== `http://${host}`) || site === 'cross-site' || site === 'same-site';
  if (!isLoopback(name) || foreign) {
    throw new HttpProblem('origin_refused', 'Without tokens this server answers programs on this machine only.');
  }
};

/** Compares with every token in constant time each, so that the time tells nothing about any of them. */
export const findToken = (tokens: readonly ApiToken[], given: string): ApiToken | null => {
  const digest = sha256(given);
  let found: ApiToken | null = null;
  for (const token of tokens) if (timingSafeEqual(digest, Buffer.from(token.sha256, 'hex'))) found = token;
  return found;
};

/** A token in the header counts before a session: programs never have one by accident. */
export const createAccess = (tokens: readonly ApiToken[], sessions: Pick<SessionStore, 'read'>) => {
  const bySession = async (request: FastifyRequest): Promise<Caller | null> => {
    const name = sessionNameOf(request);
    if (name === null) return null;
    if (!isOwnPage(request)) throw new HttpProblem('origin_refused', 'A session serves the pages of this server only.');
    const session = await sessions.read(name);
    if (session === null) return null;
    return tokens.find((token) => token.name === session.tokenName && token.sha256 === session.tokenSha256) ?? null;
  };
  return async (request: FastifyRequest): Promise<Caller> => {
    if (tokens.length === 0) {
      refuseForeignPages(request);
      return LOCAL;
    }
    const given = bearerOf(request.headers.authorization);
    if (given === null) {
      const caller = await bySession(request);
      if (caller !== null) return caller;
      throw new HttpProblem('token_missing', 'Send a token of this server as "Authorization: Bearer …".');
    }
    const found = findToken(tokens, given);
    if (found === null) throw new HttpProblem('token_unknown', 'This token is not, or no longer, known here.');
    return found;
  };
};

export const demandScope = (caller: Caller, scope: Scope): void => {
  if (caller.scopes.includes(scope)) return;
  throw new HttpProblem('scope_missing', `The token ${caller.name} has not the scope ${scope}.`);
};

/** A token with a batch prefix sees no other batch: there it is as if it did not exist. */
export const maySee = (caller: Caller, batch: BatchName | string): boolean => batch.startsWith(caller.batchPrefix);

export const demandBatch = (caller: Caller, batch: BatchName | string): void => {
  if (maySee(caller, batch)) return;
  throw new HttpProblem(
    'scope_missing',
    `The token ${caller.name} is for batches that begin with ${caller.batchPrefix}.`,
  );
};
