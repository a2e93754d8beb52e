// Which place may know which vendor's package, so that one can be replaced in one folder.
import { file, type Rule } from './rule.ts';
import { importsOf, isTypeScript, placeOf, unitOf } from './source-file.ts';

/** Tests, measures and examples are clients of the system and may use what a client uses. */
const OUTSIDE = ['test', 'bench', 'examples'];

/** Name or prefix of the package, and the only places that import it. */
const PLACES: readonly { vendor: RegExp; name: string; places: readonly string[] }[] = [
  {
    vendor: /^bullmq(\/|$)/,
    name: 'bullmq',
    places: ['shared/queue', 'worker/runtime', 'worker/sweep', 'producer/schedule'],
  },
  { vendor: /^ioredis(\/|$)/, name: 'ioredis', places: ['shared/queue', 'shared/record', 'shared/batch'] },
  { vendor: /^undici(\/|$)/, name: 'undici', places: ['shared/upstream', 'shared/download'] },
  { vendor: /^@aws-sdk\//, name: '@aws-sdk', places: ['shared/storage', 'sandbox'] },
  { vendor: /^@opentelemetry\//, name: '@opentelemetry', places: ['shared/telemetry'] },
];

const isIn = (path: string, places: readonly string[]): boolean =>
  OUTSIDE.includes(unitOf(path)) || places.some((place) => placeOf(path) === place || unitOf(path) === place);

const SAMPLE: Readonly<Record<string, string>> = {
  '@aws-sdk': '@aws-sdk/client-s3',
  '@opentelemetry': '@opentelemetry/api',
};

export const VENDOR_RULES: readonly Rule[] = PLACES.map(({ vendor, name, places }) => ({
  name: `${name} is imported only in ${places.join(', ')} and tests`,
  check: (source) =>
    isTypeScript(source) && !isIn(source.path, places)
      ? importsOf(source)
          .filter((specifier) => vendor.test(specifier))
          .map((specifier) => `${source.path} imports ${specifier}, which only ${places.join(', ')} may know`)
      : [],
  planted: [
    file('apps/worker/src/poll/a.ts', `import type { X } from '${SAMPLE[name] ?? name}';`),
    file('packages/shared/src/contract/a.ts', `const { X } = await import('${SAMPLE[name] ?? name}');`),
    file('apps/producer/src/main.ts', `import '${SAMPLE[name] ?? name}';`),
  ],
  innocent: [
    file('test/journey/a.test.ts', `import { X } from '${SAMPLE[name] ?? name}';`),
    file('apps/worker/src/poll/a.ts', `import { X } from '${name}-like';`),
    ...places
      .filter((place) => place.includes('/'))
      .map((place) => {
        const [unit, folder] = place.split('/');
        return file(
          `${unit === 'shared' ? 'packages' : 'apps'}/${unit}/src/${folder}/a.ts`,
          `import x from '${name}';`,
        );
      }),
  ],
}));
