// The documents say what is so: links lead somewhere, diagrams and tables are those of the code, named tests exist.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { EDGES, ENDED, STATUSES } from '@outpaint/shared/lifecycle/status';
import { describe, expect, test } from 'vitest';
import { claimsOf } from './docs-claims.ts';
import {
  anchorsOf,
  arrowsOf,
  blocksOf,
  codesOf,
  foldersOf,
  isOutside,
  linksOf,
  proseOf,
  rowsOf,
  variablesOf,
} from './docs-markdown.ts';
import { LAYER_RULES } from './layer-rules.ts';
import { projectFiles } from './project-files.ts';
import { file } from './rule.ts';
import { codeOf, isTypeScript } from './source-file.ts';
import { VENDOR_RULES } from './vendor-rules.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const files = projectFiles();
const documents = files.filter(({ path }) => path.endsWith('.md'));
const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const codeIn = (folder: string): string =>
  files
    .filter((source) => isTypeScript(source) && source.path.startsWith(folder) && !source.path.endsWith('.test.ts'))
    .map(codeOf)
    .join('\n');
/** As the house's rules of vendors name them. */
const VENDORS = VENDOR_RULES.map(({ name }) => name.split(' ')[0] ?? '');
const sorted = (words: Iterable<string>): string[] => [...words].sort();

/** A sentence for each link of a document that leads nowhere. */
const brokenLinks = (path: string, text: string): string[] =>
  linksOf(text)
    .filter(({ target }) => !isOutside(target))
    .flatMap(({ target }) => {
      const [written = '', anchor] = target.split('#', 2);
      const to = written === '' ? path : normalize(join(dirname(path), decodeURIComponent(written)));
      if (to !== path && (to.startsWith('..') || !existsSync(join(ROOT, to))))
        return [`${path} links to ${target}: no such file`];
      if (anchor === undefined || !to.endsWith('.md')) return [];
      const anchors = anchorsOf(to === path ? text : textOf(to));
      return anchors.includes(anchor) ? [] : [`${path} links to ${target}: no such heading`];
    });

/** Links whose text is a test's name: a sentence for each that no test of the file has. */
const missingClaims = (path: string, text: string): string[] =>
  linksOf(text)
    .filter(({ target, text: name }) => target.endsWith('.test.ts') && !/^\S+\.test\.ts$/.test(name))
    .flatMap(({ target, text: name }) => {
      const to = normalize(join(dirname(path), target));
      const claims = existsSync(join(ROOT, to)) ? claimsOf(textOf(to)) : [];
      return claims.includes(name) ? [] : [`${path} names a test that ${to} does not have: ${name}`];
    });

describe('every document', () => {
  test.each(documents.map(({ path, text }) => [path, text] as const))(
    '%s links only to what is there',
    (path, text) => {
      expect(brokenLinks(path, text)).toEqual([]);
    },
  );

  test.each(documents.map(({ path, text }) => [path, text] as const))(
    '%s names only tests that exist',
    (path, text) => {
      expect(missingClaims(path, text)).toEqual([]);
    },
  );

  test('names only variables that .env.example lists, or constants of the code', () => {
    const listed = new Set(variablesOf(textOf('.env.example')));
    const constants = new Set([...codeIn('').matchAll(/\bconst ([A-Z][A-Z0-9_]+)\b/g)].map((match) => match[1]));
    // Not settings of an installation: a convention of terminals, and the stand-in's own.
    const isElsewhere = (name: string) => name === 'NO_COLOR' || name.startsWith('SANDBOX_');
    const unknown = documents.flatMap(({ path, text }) =>
      variablesOf(text)
        .filter((name) => !listed.has(name) && !constants.has(name) && !isElsewhere(name))
        .map((name) => `${path} names ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  test('a link to nowhere, a missing heading, a test that is not there and an unknown variable are seen', () => {
    expect(
      brokenLinks('docs/a.md', '# One\n[x](nowhere.md) [y](#two) [z](../../up.md) [ok](#one) `[no](link.md)`'),
    ).toEqual([
      'docs/a.md links to nowhere.md: no such file',
      'docs/a.md links to #two: no such heading',
      'docs/a.md links to ../../up.md: no such file',
    ]);
    const here = '../test/house/docs.test.ts';
    expect(missingClaims('docs/a.md', `[pigs fly](${here}) [… links only to what is there](${here})`)).toEqual([
      'docs/a.md names a test that test/house/docs.test.ts does not have: pigs fly',
    ]);
    expect(variablesOf('set `NO_SUCH_THING=1`, not <A_B-c> or $A_B')).toEqual(['NO_SUCH_THING']);
    expect(claimsOf(`it.skip('a', f); it('b %s', f); test.each(rows(1))(\n  'c "$x"', f); it.todo('d');`)).toEqual([
      'b …',
      'c "…"',
    ]);
  });
});

describe('docs/lifecycle.md', () => {
  const text = textOf('docs/lifecycle.md');
  const arrows = arrowsOf(blocksOf(text, 'mermaid')[0] ?? '');
  const drawn = arrows.filter(({ from, to }) => from !== '[*]' && to !== '[*]');

  test('draws every legal edge, and no other', () => {
    const legal = STATUSES.flatMap((from) => EDGES[from].map((to) => `${from} -> ${to}`));
    expect(sorted(drawn.map(({ from, to }) => `${from} -> ${to}`))).toEqual(sorted(legal));
    expect(arrows.filter(({ from }) => from === '[*]').map(({ to }) => to)).toEqual(['accepted']);
    // A dead letter can be redriven, so it is no ending of the diagram.
    const ends = arrows.filter(({ to }) => to === '[*]').map(({ from }) => from);
    expect(sorted(ends)).toEqual(sorted(ENDED.filter((status) => EDGES[status].length === 0)));
  });

  test('labels every edge with the moves that cause it', () => {
    const moves = rowsOf(text.slice(text.indexOf('## Moves'), text.indexOf('## Hops'))).map(
      ([cell = '', way = '']) => ({
        move: codesOf(cell)[0] ?? '',
        way,
      }),
    );
    const causes = drawn.map(({ from, to, label }) => ({ from, to, names: label.split(' (')[0]?.split(', ') ?? [] }));
    for (const { from, to, names } of causes) {
      for (const name of names) {
        const way = moves.filter(({ move }) => move === name).map((row) => row.way);
        const fits = (written: string) =>
          written.includes('any unfinished') ||
          (written.split('→')[0]?.includes(from) && written.split('→')[1]?.includes(to));
        expect(way.some(fits), `${from} -> ${to}: ${name}`).toBe(true);
      }
    }
    const named = new Set(causes.flatMap(({ names }) => names));
    const leaving = moves.filter(({ way }) => /^(\w+).*→ (?!\1)/.test(way)).map(({ move }) => move);
    expect(leaving.filter((move) => !named.has(move))).toEqual([]);
  });

  test('lists every status and every move of the code', () => {
    const table = (heading: string) =>
      rowsOf(text.slice(text.indexOf(heading)).split('\n## ')[0] ?? '').map((row) => row[0] ?? '');
    expect(sorted(table('## Statuses').flatMap(codesOf))).toEqual(sorted(STATUSES));
    const named = [
      ...codeIn('packages/shared/src/lifecycle/moves/').matchAll(/\bname: (?:spend \? '(\w+)' : )?'(\w+)'/g),
    ];
    const moves = new Set([
      'licensed',
      ...named.flatMap((match) => [match[1], match[2]]).filter((name) => name !== undefined),
    ]);
    expect(sorted(new Set(table('## Moves').flatMap(codesOf)))).toEqual(sorted(moves));
  });
});

describe('remedies', () => {
  /** A command is a file of its own in the folder of commands: `dead-letter redrive` is dead-letter-redrive.ts. */
  const commandsIn = (text: string): string[] =>
    [...text.matchAll(/\boutpaint ([a-z][a-z-]+)(?: ([a-z][a-z-]+))?/g)].map(([, first = '', second = '']) =>
      existsSync(join(ROOT, 'apps/producer/src/commands', `${first}-${second}.ts`)) ? `${first}-${second}` : first,
    );
  const groups = ['batch', 'dead-letter', 'expansion', 'line', 'schedule'];

  test('of error codes name only commands that exist', () => {
    const named = commandsIn(codeIn('packages/shared/src/errors/'));
    expect(named.length).toBeGreaterThan(3);
    const isThere = (name: string) => existsSync(join(ROOT, 'apps/producer/src/commands', `${name}.ts`));
    // A group alone is no command: its second word was none of its own.
    expect(named.filter((name) => !isThere(name) || groups.includes(name))).toEqual([]);
  });
});

describe('docs/failure-modes.md', () => {
  const text = textOf('docs/failure-modes.md');

  test('says of each thing that breaks what happens, what it costs, and which test proves it', () => {
    const rows = rowsOf(text);
    expect(rows.length).toBeGreaterThan(40);
    for (const row of rows) {
      expect(row, row[0]).toHaveLength(4);
      expect(
        row.filter((cell) => cell === ''),
        row[0],
      ).toEqual([]);
      const links = linksOf(row[3] ?? '');
      expect(links.length, row[0]).toBeGreaterThan(0);
      for (const { target } of links) expect(target, row[0]).toMatch(/\.test\.ts$/);
    }
  });

  test('leaves out no file of test/failure', () => {
    const linked = linksOf(text).map(({ target }) => normalize(join('docs', target)));
    const there = files.map(({ path }) => path).filter((path) => /^test\/failure\/.*\.test\.ts$/.test(path));
    expect(there.filter((path) => !linked.includes(path))).toEqual([]);
  });
});

describe('docs/adr', () => {
  const records = globSync('docs/adr/[0-9]*.md', { cwd: ROOT }).sort();

  test('its index lists every record with its title and status', () => {
    const listed = rowsOf(textOf('docs/adr/README.md')).map(([link = '', title = '', status = '']) => {
      const [found] = linksOf(link);
      return `${found?.text} ${found?.target} ${title} ${status}`;
    });
    const there = records.map((path) => {
      const [, number, title] = /^# (\d{4}) (.+)$/m.exec(textOf(path)) ?? [];
      const [, status] = /^Status: (.+)$/m.exec(textOf(path)) ?? [];
      return `${number} ${path.split('/').at(-1)} ${title} ${status}`;
    });
    expect(there.length).toBeGreaterThan(0);
    expect(listed).toEqual(there);
  });

  test('its records are numbered without gaps and say context, decision, consequences and evidence', () => {
    for (const [i, path] of records.entries()) {
      expect(path).toMatch(new RegExp(`^docs/adr/${String(i + 1).padStart(4, '0')}(-[a-z0-9]+)+\\.md$`));
      const headings = [...proseOf(textOf(path)).matchAll(/^## (.+)$/gm)].map((match) => match[1]);
      expect(headings, path).toEqual(['Context', 'Decision', 'Consequences', 'Evidence']);
    }
  });

  test('a test that a record quotes stands in the file beside it', () => {
    const quoted = records.flatMap((path) =>
      [...textOf(path).matchAll(/^- \[[\w.-]+\.test\.ts\]\((\S+)\): (.+)\.$/gm)].flatMap(
        ([, target = '', names = '']) => {
          const to = normalize(join(dirname(path), target));
          // A name may hold quotes itself: what stands between two of them and a comma, or the end, is a name.
          return [...names.matchAll(/"(.+?)"(?=, "|$)/g)].map((match) => ({ path, to, name: match[1] ?? '' }));
        },
      ),
    );
    expect(quoted.length).toBeGreaterThan(10);
    const missing = quoted.filter(({ to, name }) => !claimsOf(textOf(to)).includes(name));
    expect(missing).toEqual([]);
  });
});

describe('docs/operations.md', () => {
  const text = textOf('docs/operations.md');
  const exposed = new Set(
    [...codeIn('apps/worker/src/metrics/').matchAll(/'(outpaint_[a-z_]+)'/g)].map((match) => match[1] ?? ''),
  );
  const namesIn = (from: string) => [...from.matchAll(/\boutpaint_[a-z_]+\b/g)].map(([name]) => name);

  test('its tables have every metric of the worker once, and no other', () => {
    const listed = rowsOf(text.slice(text.indexOf('## Read the metrics')).split('\n## When')[0] ?? '')
      .flatMap(([cell = '']) => codesOf(cell))
      .filter((name) => name.startsWith('outpaint_'));
    expect(listed.length).toBeGreaterThan(10);
    expect(sorted(listed)).toEqual(sorted(exposed));
  });

  test('names only metrics that the worker exposes, and so do the alarms', () => {
    for (const path of ['docs/operations.md', 'deploy/prometheus-rules.yml'])
      expect(
        namesIn(textOf(path)).filter((name) => !exposed.has(name)),
        path,
      ).toEqual([]);
    expect(namesIn('max(outpaint_no_such) > 0').filter((name) => !exposed.has(name))).toEqual(['outpaint_no_such']);
  });

  test('what kills a worker waits longer than a drain takes', () => {
    const [, shutdownMs] = /^# SHUTDOWN_TIMEOUT_MS=(\d+)$/m.exec(textOf('.env.example')) ?? [];
    const [, closeMs] = /CLOSE_MS = ([\d_]+)/.exec(textOf('apps/worker/src/main.ts')) ?? [];
    const needed = (Number(shutdownMs) + Number(closeMs?.replaceAll('_', ''))) / 1_000;
    const [, compose] = /stop_grace_period: (\d+)s/.exec(textOf('docker-compose.yml')) ?? [];
    const [, systemd] = /TimeoutStopSec=(\d+)/.exec(text) ?? [];
    expect(Number(compose)).toBeGreaterThan(needed);
    expect(Number(systemd)).toBeGreaterThan(needed);
  });
});

describe('ARCHITECTURE.md', () => {
  const text = textOf('ARCHITECTURE.md');

  test('is short enough to be read', () => {
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(165);
  });

  test('has every folder of the source and of the tests in its tree, and no other', () => {
    const named = foldersOf(blocksOf(text, '')[0] ?? '');
    const folders = files.flatMap(({ path }) => {
      const [, source] = /^((?:packages|apps)\/[^/]+\/src\/[^/]+|test\/[^/]+)\/.+\.tsx?$/.exec(path) ?? [];
      return source === undefined ? [] : [source];
    });
    // What stands at the left edge holds the others, or is told of as a whole.
    const isInside = (path: string) => /\/src\/|^test\//.test(path);
    expect(sorted(named.filter(isInside))).toEqual(sorted(new Set(folders)));
  });

  const folderTable = rowsOf(text).filter(([cell = '']) => /^`[a-z]+`$/.test(cell));
  const [direction] = LAYER_RULES;

  test('its table of imports is the rule of the house', () => {
    const folders = folderTable.map(([cell = '']) => codesOf(cell)[0] ?? '').filter((name) => !VENDORS.includes(name));
    const rule = folders.map((from) => {
      const may = folders.filter((to) => {
        const probe = file(`packages/shared/src/${from}/a.ts`, `import { x } from '../${to}/b.ts';`);
        return to !== from && direction?.check(probe).length === 0;
      });
      return [from, sorted(may)];
    });
    expect(folders.length).toBeGreaterThan(5);
    const written = folderTable
      .map(([from = '', may = '']) => [codesOf(from)[0] ?? '', sorted(codesOf(may))] as const)
      .filter(([from]) => !VENDORS.includes(from));
    expect(written).toEqual(rule);
  });

  test('its table of packages is the rule of the house', () => {
    const written = rowsOf(text)
      .filter(([cell = '']) => VENDORS.includes(codesOf(cell)[0] ?? ''))
      .map(
        ([name = '', places = '']) => `${codesOf(name)[0]} is imported only in ${codesOf(places).join(', ')} and tests`,
      );
    expect(written).toEqual(VENDOR_RULES.map(({ name }) => name));
  });
});
