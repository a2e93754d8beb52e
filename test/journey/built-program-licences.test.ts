// What ships is listed with its licence, and each licence is one that may ship.
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { licenceAllowed } from '../../scripts/licence-allowed.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');

it('docs/licences.md lists the packages that are installed for production', async () => {
  const run = promisify(execFile)(process.execPath, ['scripts/licences.ts', '--check'], { cwd: REPOSITORY });
  await expect(run).resolves.toMatchObject({ stderr: '' });
});

it.each(['MIT', '(MIT OR GPL-3.0)', 'MIT AND ISC', 'BSD-3-Clause'])('%s may ship', (licence) => {
  expect(licenceAllowed(licence)).toBe(true);
});

it.each(['GPL-3.0', 'MIT AND SSPL-1.0', 'Unknown', '', '(MIT OR (A AND B))'])('%s may not', (licence) => {
  expect(licenceAllowed(licence)).toBe(false);
});
