// Who of ours may import whom.
import { file, type Rule } from './rule.ts';
import { importsOf, isTypeScript, ownTarget, placeOf, type SourceFile, unitOf } from './source-file.ts';

/** contract, errors ◀ lifecycle ◀ record, batch, queue; what a folder of packages/shared may import of the others. */
const SHARED_MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'shared/contract': ['errors'],
  'shared/errors': ['contract'],
  'shared/lifecycle': ['contract', 'errors'],
  'shared/record': ['contract', 'errors', 'lifecycle', 'batch', 'queue', 'telemetry'],
  'shared/batch': ['contract', 'errors', 'lifecycle', 'record', 'queue', 'telemetry'],
  'shared/queue': ['contract', 'errors', 'lifecycle', 'record', 'batch', 'telemetry'],
  'shared/config': ['contract', 'errors', 'lifecycle'],
  'shared/telemetry': ['contract', 'errors', 'lifecycle'],
  'shared/upstream': ['contract', 'errors'],
  'shared/storage': ['contract', 'errors'],
  'shared/download': ['errors', 'lifecycle'],
  'shared/reconcile': ['contract', 'errors', 'lifecycle', 'record', 'queue', 'upstream'],
};

/** Of our own packages, what each may import; tests, measures and examples may import all. */
const UNIT_MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  shared: ['shared'],
  producer: ['producer', 'shared'],
  worker: ['worker', 'shared'],
  console: ['console', 'shared'],
  sandbox: ['sandbox'],
};

/** Pure rules that a form applies while somebody types; everything else comes by HTTP. */
const CONSOLE_MAY_IMPORT = ['shared/contract', 'shared/lifecycle'];

const STAGES = ['intake', 'submit', 'poll', 'deliver', 'dead-letter'];

const ownTargets = (source: SourceFile): string[] =>
  isTypeScript(source)
    ? importsOf(source).flatMap((specifier) => {
        const target = ownTarget(source, specifier);
        return target === null ? [] : [target];
      })
    : [];

export const LAYER_RULES: readonly Rule[] = [
  {
    name: 'in packages/shared imports point one way: contract, errors ◀ lifecycle ◀ record, batch, queue',
    check: (source) => {
      const place = placeOf(source.path);
      const allowed = SHARED_MAY_IMPORT[place];
      if (allowed === undefined) return [];
      return ownTargets(source)
        .map(placeOf)
        .filter((target) => target !== place && !allowed.some((folder) => target === `shared/${folder}`))
        .map((target) => `${source.path} imports ${target}, but ${place} may import only: ${allowed.join(', ')}`);
    },
    planted: [
      file('packages/shared/src/contract/a.ts', "import { x } from '../lifecycle/b.ts';"),
      file('packages/shared/src/lifecycle/a.ts', "import type { X } from '../record/b.ts';"),
      file('packages/shared/src/lifecycle/a.ts', "import { x } from '@outpaint/shared/queue/b';"),
    ],
    innocent: [
      file('packages/shared/src/record/a.ts', "import { x } from '../lifecycle/b.ts';", "import { y } from './c.ts';"),
      file('packages/shared/src/contract/a.ts', "// once: import { x } from '../lifecycle/b.ts';"),
    ],
  },
  {
    name: 'apps never import each other, production code never imports the sandbox, and the console shares rules only',
    check: (source) => {
      const unit = unitOf(source.path);
      const allowed = UNIT_MAY_IMPORT[unit];
      if (allowed === undefined) return [];
      const targets = ownTargets(source);
      const stores = targets.map(placeOf).filter((target) => target.startsWith('shared/'));
      if (unit === 'console' && stores.some((target) => !CONSOLE_MAY_IMPORT.includes(target)))
        return [
          `${source.path} imports ${stores.join(', ')}, but of shared it may only: ${CONSOLE_MAY_IMPORT.join(', ')}`,
        ];
      return targets
        .map(unitOf)
        .filter((target) => !allowed.includes(target))
        .map((target) => `${source.path} imports ${target}, but ${unit} may import only: ${allowed.join(', ')}`);
    },
    planted: [
      file('apps/producer/src/a.ts', "import { x } from '@outpaint/worker/b';"),
      file('apps/worker/src/a.ts', "import { x } from '../../producer/src/b.ts';"),
      file('apps/worker/src/poll/a.test.ts', "const x = await import('@outpaint/sandbox/services/start-s3');"),
      file('packages/shared/src/record/a.ts', "import { x } from '../../../sandbox/src/b.ts';"),
      file('apps/console/src/a.tsx', "import type { X } from '@outpaint/shared/record/record-store';"),
      file('apps/console/src/a.ts', "import type { X } from '@outpaint/producer/http/page';"),
    ],
    innocent: [
      file('test/journey/a.test.ts', "import { x } from '@outpaint/worker/b';", "import y from '@outpaint/sandbox/c';"),
      file('apps/worker/src/poll/a.ts', "import { x } from '@outpaint/shared/lifecycle/b';"),
      file('apps/console/src/pages/a.tsx', "import { x } from '@outpaint/shared/contract/modes';"),
    ],
  },
  {
    name: 'stages never import each other or the runtime: main.ts introduces them',
    check: (source) => {
      const place = placeOf(source.path);
      if (!STAGES.some((stage) => place === `worker/${stage}`)) return [];
      const strangers = [...STAGES, 'runtime'].map((folder) => `worker/${folder}`).filter((other) => other !== place);
      return ownTargets(source)
        .map(placeOf)
        .filter((target) => strangers.includes(target))
        .map((target) => `${source.path} imports ${target}: a stage knows no other stage and not who runs it`);
    },
    planted: [
      file('apps/worker/src/poll/a.ts', "import { x } from '../deliver/b.ts';"),
      file('apps/worker/src/deliver/download/a.ts', "import { x } from '../../runtime/b.ts';"),
    ],
    innocent: [
      file(
        'apps/worker/src/poll/a.ts',
        "import { x } from './poll-delay.ts';",
        "import { y } from '@outpaint/shared/upstream/b';",
      ),
      file('apps/worker/src/main.ts', "import { x } from './poll/b.ts';"),
    ],
  },
];
