// Every text file of the project as it stands: committed or about to be, but not what git ignores.
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { SourceFile } from './source-file.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
/** For a copy without `.git`, such as an unpacked archive. */
const IGNORED = ['node_modules', 'dist', '.git', '.cache', '.turbo', '.outpaint'];
const BINARY = /\.(png|jpe?g|webp|gif|ico|woff2?|gz|zip)$/;
const BYTES_MAX = 2 * 1024 * 1024;

const pathsByGit = (): string[] => {
  try {
    const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const listed = execFileSync('git', args, { cwd: REPOSITORY, stdio: ['ignore', 'pipe', 'ignore'] });
    return listed.toString('utf8').split('\0').filter(Boolean);
  } catch {
    return [];
  }
};

const pathsByWalking = (): string[] =>
  globSync('**/*', { cwd: REPOSITORY, withFileTypes: true, exclude: (entry) => IGNORED.includes(entry.name) })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(REPOSITORY.length + 1));

export const projectFiles = (): SourceFile[] => {
  const byGit = pathsByGit();
  const paths = byGit.length > 0 ? byGit : pathsByWalking();
  return paths
    .filter((path) => !BINARY.test(path))
    .flatMap((path) => {
      try {
        const bytes = readFileSync(join(REPOSITORY, path));
        return bytes.length > BYTES_MAX ? [] : [{ path: path.replaceAll('\\', '/'), text: bytes.toString('utf8') }];
      } catch {
        // Deleted and not yet committed, or a link to a folder.
        return [];
      }
    });
};
