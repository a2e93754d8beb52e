// The stand-in as a program of its own: environment in, one JSON line with its addresses out, SIGTERM ends it.
import { readEnvironment } from './upstream/read-environment.ts';
import { startSandbox } from './upstream/start-sandbox.ts';

const environment = readEnvironment(process.env);
if (environment.problems !== null) {
  console.error(environment.problems);
  process.exit(2);
}
const sandbox = await startSandbox(environment.options);
sandbox.faults.add(...environment.faults);
console.log(JSON.stringify({ baseUrl: sandbox.baseUrl, controlUrl: sandbox.controlUrl }));

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void sandbox.close());
}
