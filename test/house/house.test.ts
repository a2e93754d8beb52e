// The house rules hold for every file, and every rule catches what it is there for.
import { describe, expect, test } from 'vitest';
import { LAYER_RULES } from './layer-rules.ts';
import { projectFiles } from './project-files.ts';
import { TEXT_RULES } from './text-rules.ts';
import { VENDOR_RULES } from './vendor-rules.ts';

const files = projectFiles();

test('the files of the project are found', () => {
  const paths = files.map(({ path }) => path);
  expect(paths).toContain('packages/shared/src/errors/outpaint-error.ts');
  expect(paths).toContain('test/house/house.test.ts');
  expect(paths.filter((path) => path.includes('node_modules/'))).toEqual([]);
});

describe.each([...LAYER_RULES, ...VENDOR_RULES, ...TEXT_RULES])('$name', ({ check, planted, innocent }) => {
  test('holds for every file', () => {
    expect(files.flatMap(check)).toEqual([]);
  });

  test('catches each planted violation', () => {
    expect(planted.length).toBeGreaterThan(0);
    for (const file of planted) expect(check(file), file.text.slice(0, 200)).toHaveLength(1);
  });

  test('leaves alone what only looks like one', () => {
    for (const file of innocent) expect(check(file), file.text.slice(0, 200)).toEqual([]);
  });
});
