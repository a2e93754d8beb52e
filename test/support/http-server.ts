// `outpaint serve` as a process of its own, on whatever port it took.
import { type Program, spawnProgram } from './child.ts';
import type { Stack } from './stack.ts';

export interface Server {
  readonly program: Program;
  readonly address: string;
}

export const startServer = async (
  stack: Pick<Stack, 'env'>,
  env: Record<string, string> = {},
  args: readonly string[] = ['--no-schedules'],
): Promise<Server> => {
  const program = spawnProgram('apps/producer/src/main.ts', {
    env: { ...stack.env, HTTP_PORT: '0', ...env },
    args: ['serve', ...args],
  });
  const [, address = ''] = await program.waitForLine(/"address":"(http:[^"]+)"/);
  return { program, address };
};
