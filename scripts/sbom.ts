// Writes a CycloneDX list of every package that ships, with versions and licences: for a scanner, or for whoever asks.
import { resolve } from 'node:path';
import { PRODUCTION, pnpm, REPOSITORY } from './production-packages.ts';

const file = resolve(process.argv[2] ?? resolve(REPOSITORY, 'dist/sbom.cdx.json'));
await pnpm('sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--out', file, ...PRODUCTION);
process.stdout.write(`${file}\n`);
