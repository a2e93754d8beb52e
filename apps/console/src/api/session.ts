// Who sits here: nobody yet, or a name with what it may do. The token itself is kept nowhere on this page.
import { signal } from '@preact/signals';
import { api, ask, onSignedOut, Refusal, type Schemas } from './client.ts';

export type Session = Schemas['Session'];

/** `undefined` until the server has said. */
export const session = signal<Session | null | undefined>(undefined);
onSignedOut(() => {
  session.value = null;
});

export const may = (scope: 'read' | 'enqueue' | 'operate'): boolean => session.value?.scopes.includes(scope) === true;

/** Throws where the server does not answer. */
export const lookWhoIsHere = async (): Promise<void> => {
  try {
    session.value = await ask(api.GET('/v1/session'));
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 401) throw error;
    session.value = null;
  }
};

export const signIn = async (token: string): Promise<void> => {
  session.value = await ask(api.POST('/v1/session', { headers: { authorization: `Bearer ${token}` } }));
};

export const signOut = async (): Promise<void> => {
  await ask(api.DELETE('/v1/session'));
  session.value = null;
};
