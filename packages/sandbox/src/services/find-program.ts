// Finds a program on the search path, as a shell would.
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type Environment, searchPathOf } from './environment.ts';

/** The absolute path of the first of `names` that can be run, or null. */
export const findProgram = async (names: readonly string[], env: Environment): Promise<string | null> => {
  for (const name of names) {
    for (const folder of searchPathOf(env).split(delimiter)) {
      if (folder === '') continue;
      const candidate = join(folder, name);
      const runs = await access(candidate, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (runs) return candidate;
    }
  }
  return null;
};
