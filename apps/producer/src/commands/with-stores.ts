// Runs a command's work between opening and closing its connections, whatever happens in it.

import type { Stores } from '../stores/open-stores.ts';
import type { CommandContext } from './context.ts';
import { settingsOf } from './settings-of.ts';

export const withStores = async <Result>(
  context: CommandContext,
  work: (stores: Stores) => Promise<Result>,
): Promise<Result> => {
  const settings = settingsOf(context.env, ['redis']);
  // Loaded only now: the clients take a third of a second, and help and plan need none.
  const { openStores } = await import('../stores/open-stores.ts');
  const stores = await openStores(settings);
  try {
    return await work(stores);
  } finally {
    await stores.close();
  }
};
