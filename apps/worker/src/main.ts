// The worker's process: settings from the environment, stages from the command line, signals, exit code.
import { parseArgs } from 'node:util';
import { readSettings, settingsMessage } from '@outpaint/shared/config/settings';
import { codeOf } from '@outpaint/shared/errors/outpaint-error';
import { STAGES, type Stage } from '@outpaint/shared/lifecycle/stage';
import { createLogger } from '@outpaint/shared/telemetry/logger';
import { openTracing } from '@outpaint/shared/telemetry/open-tracing';
import { noTracing } from '@outpaint/shared/telemetry/tracing';
import { startWorker } from './runtime/start-worker.ts';
import { WORKER_PARTS } from './runtime/worker-settings.ts';

const HELP = `Usage: worker [--stages intake,submit,poll,deliver]

Runs the stages until SIGTERM or SIGINT: then no new work begins, steps in hand finish or are released,
and the process ends with 0 within SHUTDOWN_TIMEOUT_MS and a few seconds. Settings come from the environment (.env.example).

Example:
  pnpm worker --stages poll,deliver

Exit codes: 0 stopped as asked · 1 internal, or a stage no longer fetches · 2 settings or arguments are wrong · 5 Redis unreachable
`;

const ALL = ['intake', ...STAGES] as const;
type WorkerStage = Stage | 'intake';

const isStage = (text: string): text is WorkerStage => (ALL as readonly string[]).includes(text);

const say = (text: string): void => {
  process.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
};

const stagesOf = (text: string | undefined): WorkerStage[] | null => {
  if (text === undefined) return [...ALL];
  const names = text.split(',').map((name) => name.trim());
  return names.every(isStage) ? names : null;
};

/** Closing may hang on a Redis that hangs; the promised time counts more. */
const CLOSE_MS = 5_000;
const drainDeadline = (shutdownTimeoutMs: number): Promise<false> =>
  new Promise((resolve) => setTimeout(resolve, shutdownTimeoutMs + CLOSE_MS, false));

const main = async (): Promise<number> => {
  let values: { stages?: string | undefined; help?: boolean | undefined };
  try {
    ({ values } = parseArgs({ options: { stages: { type: 'string' }, help: { type: 'boolean', short: 'h' } } }));
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    return 2;
  }
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const stages = stagesOf(values.stages);
  if (stages === null) {
    say(`--stages must name some of ${ALL.join(', ')}, with commas, not "${values.stages}".`);
    return 2;
  }
  const read = readSettings(process.env, WORKER_PARTS);
  if (!read.ok) {
    say(settingsMessage(read.problems));
    return 2;
  }
  const { settings } = read;
  const log = createLogger({
    level: settings.log.logLevel,
    format: settings.log.logFormat,
    name: 'worker',
    secrets: [settings.upstream.dashscopeApiKey],
  });
  const stop = new Promise<NodeJS.Signals>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  let tracing = noTracing;
  try {
    tracing = await openTracing(settings.trace, 'outpaint-worker', log);
    const worker = await startWorker(settings, stages, tracing, log);
    const end = await Promise.race([stop, worker.lastWord]);
    const failed = typeof end !== 'string';
    if (failed) log.fatal({ ...end }, 'this worker cannot work any more; its supervisor should start it again');
    else log.info({ signal: end }, 'stopping: no new work');
    const drained = await Promise.race([
      worker.drain().then(
        () => true,
        (error: unknown) => {
          if (failed) return false;
          throw error;
        },
      ),
      drainDeadline(settings.worker.shutdownTimeoutMs),
    ]);
    if (!drained) log.error('not all was closed in time; what was in hand is brought back by another worker');
    return drained && !failed ? 0 : 1;
  } catch (error) {
    const unreachable = ['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'redis_unreachable'].includes(codeOf(error));
    log.fatal(
      { err: error },
      unreachable ? 'Redis does not answer: check REDIS_URL and that the server runs' : 'worker ended',
    );
    return unreachable ? 5 : 1;
  } finally {
    await tracing.close();
  }
};

process.exitCode = await main();
// After a drain nothing of ours is open; whatever a library still holds must not keep a stopped worker alive.
process.exit();
