// An S3 store inside this process, on loopback.
import { mkdir } from 'node:fs/promises';
import { addAccessKeyCheck } from './access-key-check.ts';
import { addConditionalPut } from './conditional-put.ts';
import { embeddedApp } from './embedded-app.ts';
import { addObjectFiles, loadObjectFiles } from './object-files.ts';
import type { RunningS3, S3Wish } from './running-s3.ts';

const ACCESS_KEY_ID = 'outpaint-development';
/** Not a secret: the store verifies no signature. */
const SECRET_ACCESS_KEY = 'outpaint-development-only';

/** Takes objects up to 11 MiB (the vendor's body limit). */
export const embeddedS3 = async (wish: S3Wish): Promise<RunningS3> => {
  const app = embeddedApp();
  addAccessKeyCheck(app, ACCESS_KEY_ID);
  // Files before conditions: the next PUT of a key begins when the file of this one is written.
  if (wish.dir !== undefined) addObjectFiles(app, wish.dir);
  if (wish.conditionalPut) addConditionalPut(app);
  if (wish.dir !== undefined) {
    await mkdir(wish.dir, { recursive: true });
    const found = await loadObjectFiles(app, wish.dir);
    if (found > 0) wish.log(`${found} objects found in ${wish.dir}`);
  }
  const endpoint = await app.listen({ host: '127.0.0.1', port: wish.port ?? 0 });
  let stopping: Promise<void> | undefined;
  return {
    endpoint,
    region: 'us-east-1',
    accessKeyId: ACCESS_KEY_ID,
    secretAccessKey: SECRET_ACCESS_KEY,
    kind: 'embedded',
    detail: `embedded, ${wish.dir === undefined ? 'in memory' : `objects are files in ${wish.dir}`}`,
    traits: { conditionalPut: wish.conditionalPut, verifiesSignatures: false },
    stop: () => {
      stopping ??= Promise.resolve(app.close());
      return stopping;
    },
  };
};
