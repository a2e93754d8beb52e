// Calls of the server: typed by its own document, and a refusal is thrown as what the server said.
import createClient from 'openapi-fetch';
import type { components, paths } from './schema.d.ts';

export type Schemas = components['schemas'];
export type Batch = Schemas['Batch'];
export type Overview = Schemas['Overview'];
export type Row = Schemas['Row'];
export type DeadLetter = Schemas['DeadLetter'];
export type Problem = Schemas['Problem'];

export const api = createClient<paths>({ baseUrl: window.location.origin, credentials: 'same-origin' });

/** What the server refused, in its own words. */
export class Refusal extends Error {
  readonly status: number;
  readonly problem: Problem | null;

  constructor(status: number, problem: Problem | null) {
    super(problem?.detail ?? `HTTP ${status}`);
    this.status = status;
    this.problem = problem;
  }
}

const listeners = new Set<() => void>();
/** Called when the server no longer knows who we are. */
export const onSignedOut = (listener: () => void): void => void listeners.add(listener);

interface Answer<Data> {
  readonly data?: Data | undefined;
  readonly error?: unknown;
  readonly response: Response;
}

/** The data of an answer. Throws {@link Refusal}, or what fetch throws where there was no answer. */
export const ask = async <Data>(call: Promise<Answer<Data>>): Promise<NonNullable<Data>> => {
  const { data, error, response } = await call;
  if (response.ok && data !== undefined && data !== null) return data;
  if (response.status === 401) for (const listener of listeners) listener();
  const problem = typeof error === 'object' && error !== null && 'detail' in error ? (error as Problem) : null;
  throw new Refusal(response.status, problem);
};
