// The cookie that names a person's session: out of reach of scripts, never sent from another site, gone with the browser.
import type { FastifyRequest } from 'fastify';

/** `__Host-` binds it to this host and to TLS; browsers refuse that name over plain HTTP, which only loopback should speak. */
const NAME = 'outpaint_session';
const SECURE_NAME = `__Host-${NAME}`;

/** A page that came over TLS says so in its Origin, also where a proxy in front of us took the TLS off. */
const isSecure = (request: FastifyRequest): boolean => request.headers.origin?.startsWith('https://') === true;

export const sessionCookie = (request: FastifyRequest, name: string): string =>
  `${isSecure(request) ? SECURE_NAME : NAME}=${name}; Path=/; HttpOnly; SameSite=Strict${isSecure(request) ? '; Secure' : ''}`;

/** Both names: the browser forgets whichever it has. */
export const endedCookies = (): string[] => [
  `${NAME}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`,
  `${SECURE_NAME}=; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=0`,
];

export const sessionNameOf = (request: FastifyRequest): string | null =>
  /(?:^|;\s*)(?:__Host-)?outpaint_session=([\w-]{43})(?:;|$)/.exec(request.headers.cookie ?? '')?.[1] ?? null;

/**
 * Whether the request comes from a page of this server, or from nobody's (an address typed in). SameSite=Strict says the
 * same already; this holds as well where a sister host shares the site, and in a browser that knows neither.
 */
export const isOwnPage = (request: FastifyRequest): boolean => {
  const site = request.headers['sec-fetch-site'];
  const { origin } = request.headers;
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  if (origin !== undefined) return URL.parse(origin)?.host === request.headers.host;
  // A browser always sends Origin with what changes something.
  return request.method === 'GET' || request.method === 'HEAD';
};
