// A document of docs/ tried as written: its fenced blocks, and a folder whose shell knows the `outpaint` of this checkout.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

const REPOSITORY = resolve(import.meta.dirname, '../..');

export interface Block {
  /** `csv feed.csv`, `sh`. */
  readonly info: string;
  readonly text: string;
  /** The heading under which it stands; empty above the first. */
  readonly under: string;
}

export interface ShellAnswer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Desk {
  readonly folder: string;
  /** Runs it as it stands until a command of it fails; `env` beside the desk's own. */
  sh(block: Pick<Block, 'text'>, env?: Readonly<Record<string, string>>): Promise<ShellAnswer>;
}

/** `document` as in `docs/catalogs.md`. */
export const blocksOf = async (document: string): Promise<Block[]> => {
  const markdown = await readFile(join(REPOSITORY, document), 'utf8');
  let under = '';
  return [...markdown.matchAll(/^#+ (.+)$|^```(\S+(?: \S+)?)\n([\s\S]*?)^```$/gm)].flatMap(
    ([, heading, info = '', content = '']) => {
      if (heading === undefined) return [{ info, text: content, under }];
      under = heading;
      return [];
    },
  );
};

/** Call it inside a test. Writes the blocks that name a file (`csv feed.csv`), and removes all of it at the end. */
export const openDesk = async (blocks: readonly Block[], env: Readonly<Record<string, string>>): Promise<Desk> => {
  const folder = await mkdtemp(join(tmpdir(), 'outpaint-desk-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, '.bin'));
  const program = join(folder, '.bin/outpaint');
  const main = resolve(REPOSITORY, 'apps/producer/src/main.ts');
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' --conditions=source '${main}' "$@"\n`);
  await chmod(program, 0o755);
  for (const block of blocks) {
    const name = /^(?:csv|json|jsonl) (\S+)$/.exec(block.info)?.[1];
    if (name !== undefined) await writeFile(join(folder, name), block.text);
  }
  const path = `${join(folder, '.bin')}:${process.env.PATH ?? ''}`;
  return {
    folder,
    sh: async (block, more = {}) => {
      const shell = spawn('sh', ['-ec', block.text], {
        cwd: folder,
        env: { ...env, ...more, PATH: path },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const [stdout, stderr] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, 'close')]);
      return { code: shell.exitCode, stdout, stderr };
    },
  };
};
