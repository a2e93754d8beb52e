// The sandbox upstream in a container: the API on the trial's network, and its bill on loopback for `docker exec`.
import { createServer } from 'node:http';
import { startSandbox } from '../../../packages/sandbox/src/upstream/start-sandbox.ts';

const env = process.env;
const BILL_PORT = 8081;

const sandbox = await startSandbox({
  // Results are fetched from the address that it listens on, so it must be one that the workers reach.
  host: env.SANDBOX_HOST ?? '127.0.0.1',
  port: 8080,
  submitRate: 1_000,
  queryRate: 1_000,
  // Slow enough that a batch is under way while containers are killed.
  serviceMsMedian: 1_500,
  resultKind: 'tiny',
});
const bill = createServer((_request, response) => {
  const { ledger } = sandbox;
  response.end(JSON.stringify({ billed: ledger.billed(), tasks: ledger.tasks(), twice: ledger.billedTwice() }));
});
bill.listen(BILL_PORT, '127.0.0.1');
process.once('SIGTERM', () => {
  bill.close();
  void sandbox.close();
});
