// Whether a container engine answers here; asked before anything of testcontainers is loaded.
import { type Environment, programEnvironment } from './environment.ts';
import { findProgram } from './find-program.ts';
import { runProgram } from './run-program.ts';

const ANSWER_TIMEOUT_MS = 3_000;

/** The engine's version, or null: no client, no engine, or one that does not answer. Never throws. */
export const dockerEngine = async (env: Environment): Promise<string | null> => {
  const client = await findProgram(['docker', 'podman'], env);
  if (client === null) return null;
  const version = await runProgram(client, ['version', '--format', '{{.Server.Version}}'], {
    env: programEnvironment(env),
    timeoutMs: ANSWER_TIMEOUT_MS,
  }).catch(() => '');
  return version.trim() === '' ? null : version.trim();
};
