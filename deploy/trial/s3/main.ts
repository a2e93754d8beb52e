// Stands in for the S3 image of docker-compose.yml where it cannot be pulled: the sandbox's store, reachable in its network.
import { addAccessKeyCheck } from '../../../packages/sandbox/src/services/s3/access-key-check.ts';
import { addConditionalPut } from '../../../packages/sandbox/src/services/s3/conditional-put.ts';
import { embeddedApp } from '../../../packages/sandbox/src/services/s3/embedded-app.ts';
import { addObjectFiles, loadObjectFiles } from '../../../packages/sandbox/src/services/s3/object-files.ts';

const env = process.env;
const DIR = '/data';

const app = embeddedApp();
addAccessKeyCheck(app, env.ROOT_ACCESS_KEY ?? '');
addObjectFiles(app, DIR);
addConditionalPut(app);
const found = await loadObjectFiles(app, DIR);
await app.listen({ host: '0.0.0.0', port: 7070 });
process.stdout.write(`serving ${found} objects found in ${DIR}\n`);
process.once('SIGTERM', () => void app.close());
