// How a file is named, begins and reads.
import { file, type Rule } from './rule.ts';
import { isTypeScript, namesOf, type SourceFile } from './source-file.ts';

const LINES_MAX = 250;
/** A test file holds one claim after another; it may be longer before it holds more than one idea. */
const TEST_LINES_MAX = 450;

/** Vague names: they say where something was put, not what it is. */
const FILE_WORDS = /^(utils?|helpers?|common|misc|manager)$/;
/** Verbs that fit everything, at the head of a name of ours; `thing.processX` is a vendor's. */
const VAGUE_VERB = /(?<![.\w$])((?:handle|process|manage)[A-Z]\w*)/g;
const VAGUE_NOUN = /\b(?:class|interface|type)\s+(\w*(?:Manager|Service|Helper|Utils?))\b/g;

/** Put together here, so that this file does not break its own rule. */
const machinePath = (folder: string) => `(?<![\\w.~*})>/-])/${folder}/`;
const registryHost = (name: string, domain: string) => `\\bregistry\\.${name}\\.${domain}\\b`;
const OF_A_MACHINE = new RegExp(
  [
    ...['work', 'root', 'Users'].map(machinePath),
    ...[registryHost('npmjs', 'org'), registryHost('npmmirror', 'com'), registryHost('yarnpkg', 'com')],
  ].join('|'),
  'g',
);
const GENERATED = ['pnpm-lock.yaml', 'apps/console/src/api/schema.d.ts'];

const ENV = ['process', 'env'].join('.');

const mayReadEnv = ({ path }: SourceFile): boolean =>
  /(^|\/)main\.ts$/.test(path) ||
  ['test/support/', 'bench/support/', 'examples/'].some((folder) => path.startsWith(folder));

const wordsOfPath = (path: string): string[] => path.split('/').flatMap((part) => part.split(/[-.]/));

export const TEXT_RULES: readonly Rule[] = [
  {
    name: `${ENV} is read only in main.ts files`,
    check: (source) =>
      isTypeScript(source) && !mayReadEnv(source) && /\bprocess\s*(\.\s*|\[\s*['"])env\b/.test(namesOf(source))
        ? [`${source.path} reads ${ENV}: take the settings as an argument, main.ts reads them`]
        : [],
    planted: [
      file('apps/worker/src/poll/a.ts', `// A stage.`, `const key = ${ENV}.KEY;`),
      file('packages/sandbox/src/services/a.ts', `const all = { ...${ENV} };`),
    ],
    innocent: [
      file('apps/worker/src/main.ts', `const env = ${ENV};`),
      file('packages/sandbox/src/demo/main.ts', `const env = ${ENV};`),
      file('apps/worker/src/poll/a.ts', `// It never reads ${ENV}.`, `const text = '${ENV}';`),
    ],
  },
  {
    name: 'a name says what something does, not that it handles, processes or manages',
    check: (source) => {
      if (!isTypeScript(source)) return [];
      const names = namesOf(source);
      const found = [...names.matchAll(VAGUE_VERB), ...names.matchAll(VAGUE_NOUN)].map((match) => match[1]);
      return [...new Set(found)].map((name) => `${source.path} uses the name ${name}: say what it does`);
    },
    planted: [
      file('apps/worker/src/poll/a.ts', '// A.', 'export const handleJob = () => {};'),
      file('apps/worker/src/poll/a.ts', '// A.', 'function processPicture() {}'),
      file('apps/worker/src/poll/a.ts', '// A.', 'class BatchManager {}'),
      file('apps/worker/src/poll/a.ts', '// A.', 'export interface StoreService {}'),
    ],
    innocent: [
      file('apps/worker/src/poll/a.ts', '// A handleJob.', "process.exit(0); vendor.processJobs(); x('handleJob');"),
      file('apps/worker/src/poll/a.ts', '// A.', 'const unhandledErrors = 1; const processed = 2;'),
    ],
  },
  {
    name: 'a file name is kebab-case and names an idea, not a drawer',
    check: ({ path }) => {
      if (!/^(apps|packages|test|bench)\/.*\.tsx?$/.test(path)) return [];
      const vague = wordsOfPath(path).filter((word) => FILE_WORDS.test(word));
      const name = path.split('/').at(-1) ?? '';
      return [
        ...vague.map((word) => `${path} is named "${word}": name the idea that it holds`),
        ...(/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+(-[a-z]+)*)*\.tsx?$/.test(name) ? [] : [`${path} is not kebab-case`]),
      ];
    },
    planted: [
      file('apps/worker/src/utils/a.ts', '// A.'),
      file('packages/shared/src/record/record-helpers.ts', '// A.'),
      file('packages/shared/src/record/recordStore.ts', '// A.'),
    ],
    innocent: [file('packages/sandbox/src/services/start-s3.test.ts', '// A.'), file('README.md', 'x')],
  },
  {
    name: 'a source file opens with a sentence that says its idea',
    check: (source) => {
      // A unit test beside its source says what it claims in the names of its tests.
      if (!isTypeScript(source) || /\/src\/.*\.test\.ts$/.test(source.path)) return [];
      const first = source.text.replace(/^#!.*\n/, '').split('\n')[0] ?? '';
      const isSentence = /^(\/\/|\/\*\*?) ?\S+(\s+\S+){2,}/.test(first);
      return isSentence ? [] : [`${source.path} does not open with a comment that says its idea in one sentence`];
    },
    planted: [
      file('apps/worker/src/poll/a.ts', "import { x } from './b.ts';", '// It comes too late here.'),
      file('apps/worker/src/poll/a.ts', '// Poll.', 'const a = 1;'),
    ],
    innocent: [file('apps/worker/src/poll/a.ts', '#!/usr/bin/env node', '// Asks once how a task is doing.')],
  },
  {
    name: `a file has at most ${LINES_MAX} lines, a test ${TEST_LINES_MAX}`,
    check: (source) => {
      const lines = source.text.trimEnd().split('\n').length;
      const most = source.path.endsWith('.test.ts') ? TEST_LINES_MAX : LINES_MAX;
      return isTypeScript(source) && !GENERATED.includes(source.path) && lines > most
        ? [`${source.path} has ${lines} lines, over ${most}: it holds more than one idea`]
        : [];
    },
    planted: [file('apps/worker/src/poll/a.ts', ...Array.from({ length: LINES_MAX + 1 }, () => '// A line of it.'))],
    innocent: [file('apps/worker/src/poll/a.ts', ...Array.from({ length: LINES_MAX }, () => '// A line of it.'))],
  },
  {
    name: 'no file holds a path or a registry of the machine that it was written on',
    check: (source) =>
      GENERATED.includes(source.path)
        ? []
        : [...source.text.matchAll(OF_A_MACHINE)].map((match) => `${source.path} holds "${match[0]}"`),
    planted: [
      file('docs/a.md', `see ${['', 'work', 'notes'].join('/')}`),
      file('.npmrc', `cache=${['', 'root', '.npm'].join('/')}`),
      file('apps/worker/src/poll/a.ts', `fetch('https://${['registry', 'npmjs', 'org'].join('.')}/x')`),
    ],
    innocent: [
      file('apps/worker/src/poll/a.ts', "import '../work/a.ts';", "join(dir, 'cache/root/usr');"),
      file('docs/a.md', 'https://example.com/work/a and `<cache>/root/usr`'),
    ],
  },
];
