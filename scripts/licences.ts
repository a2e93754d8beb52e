// Writes docs/licences.md: every package that ships, with its licence. With --check it only compares. Fails on a licence
// that is not allowed, and on a list that is out of date.
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { licenceAllowed } from './licence-allowed.ts';
import { PRODUCTION, pnpm, REPOSITORY } from './production-packages.ts';

interface Listed {
  readonly name: string;
  readonly versions: readonly string[];
}

const FILE = resolve(REPOSITORY, 'docs/licences.md');

const byLicence: Record<string, readonly Listed[]> = JSON.parse(
  await pnpm('licenses', 'list', '--json', ...PRODUCTION),
);
const groups = Object.entries(byLicence).sort(([a], [b]) => (a < b ? -1 : 1));
const count = groups.reduce((sum, [, listed]) => sum + listed.length, 0);

const linesOf = (licence: string, listed: readonly Listed[]): string[] => [
  `## ${licence} (${listed.length})`,
  '',
  ...[...listed]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, versions }) => `- ${name} ${[...versions].sort().join(', ')}`),
  '',
];

const text = [
  '# Licences of what ships',
  '',
  `The ${count} packages that the worker, the CLI and the console bring with them, as they are in the image. Written by \`pnpm run licences\`;`,
  'outpaint itself is MIT. Node, Valkey and the S3 store of `docker-compose.yml` are programs of their own with their own licences.',
  '',
  ...groups.flatMap(([licence, listed]) => linesOf(licence, listed)),
].join('\n');

const refused = groups.filter(([licence]) => !licenceAllowed(licence));
for (const [licence, listed] of refused) {
  const names = listed.map(({ name }) => name).join(', ');
  process.stderr.write(`${licence}: not among the allowed licences (scripts/licence-allowed.ts): ${names}\n`);
}
if (count === 0) {
  process.stderr.write('No package was listed: run pnpm install first.\n');
  process.exitCode = 1;
} else if (refused.length > 0) process.exitCode = 1;
else if (!process.argv.includes('--check')) {
  await writeFile(FILE, text);
  process.stdout.write(
    `${count} packages: ${groups.map(([licence, { length }]) => `${licence} ${length}`).join(' · ')}\n`,
  );
} else if ((await readFile(FILE, 'utf8').catch(() => '')) !== text) {
  process.stderr.write('docs/licences.md is out of date: run `pnpm run licences`.\n');
  process.exitCode = 1;
}
