// The console's types are those of the server: what was generated from its OpenAPI document is what the routes say now.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openApiDocument } from '@outpaint/producer/http/openapi-document';
import { expect, test } from 'vitest';

const CONSOLE = resolve(import.meta.dirname, '../../apps/console');

const typesOf = (document: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'outpaint-api-'));
  try {
    const from = join(folder, 'openapi.json');
    writeFileSync(from, document);
    const program = join(CONSOLE, 'node_modules/openapi-typescript/bin/cli.js');
    execFileSync(process.execPath, [program, from, '--output', join(folder, 'schema.d.ts')], { stdio: 'pipe' });
    return `// What the server takes and answers, generated from its OpenAPI document.\n${readFileSync(join(folder, 'schema.d.ts'), 'utf8')}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

test("the console's types are those of the server's OpenAPI document; vitest -u writes them anew", async () => {
  const document = JSON.stringify(await openApiDocument());
  await expect(typesOf(document)).toMatchFileSnapshot(join(CONSOLE, 'src/api/schema.d.ts'));
}, 60_000);
