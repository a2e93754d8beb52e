// Variables that nobody reads and that look like ours: a misspelt setting is a default that nobody chose.

import { settingsOverview } from '@outpaint/shared/config/setting-view';
import type { Environment } from '@outpaint/shared/config/settings';
import { type Check, warning } from './check.ts';

export const strangersOf = (env: Environment): Check[] =>
  settingsOverview(env, []).strangers.map(({ name, meant }) =>
    warning(`settings.${name}`, `${name} is set, but no setting has this name.`, `Did you mean ${meant}?`),
  );
