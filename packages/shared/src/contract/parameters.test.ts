// Each parameter has the API's range and type, and what is outside is named with the range.
import { expect, test } from 'vitest';
import { checkParameters, OFFSET_PX_MAX, PARAMETER_NAMES, type ParameterName } from './parameters.ts';
import { sentenceOf } from './problem.ts';

const sentencesOf = (parameters: unknown) => checkParameters(parameters).problems.map(sentenceOf);

test.each([
  ['angle', [0, 1, 359]],
  ['output_ratio', ['', '1:1', '3:4', '4:3', '9:16', '16:9']],
  ['x_scale', [1, 1.5, 3]],
  ['y_scale', [1, 2.999, 3]],
  ['top_offset', [0, 1, OFFSET_PX_MAX]],
  ['right_offset', [0, 100]],
  ['best_quality', [true, false]],
  ['add_watermark', [true, false]],
] as const)('%s takes %j', (name, values) => {
  for (const value of values)
    expect(checkParameters({ [name]: value })).toEqual({ parameters: { [name]: value }, problems: [] });
});

test.each([
  ['angle', [-1, 360, 1.5, '90', null, Number.NaN, true], 'an integer from 0 to 359'],
  ['output_ratio', ['2:1', '16/9', 1, null, '4:3 '], 'one of "", "1:1", "3:4", "4:3", "9:16", "16:9"'],
  ['x_scale', [0.99, 3.01, '2', Number.POSITIVE_INFINITY, null], 'a number from 1.0 to 3.0'],
  ['left_offset', [-1, 0.5, OFFSET_PX_MAX + 1, '5'], `an integer from 0 to ${OFFSET_PX_MAX} (pixels)`],
  ['limit_image_size', ['true', 1, 0, null], 'true or false'],
] as const)('%s refuses %j', (name, values, allowed) => {
  for (const value of values) {
    const { parameters, problems } = checkParameters({ [name]: value });
    expect(parameters).toEqual({});
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ field: `parameters.${name}`, allowed });
  }
});

test('every parameter of the table refuses a list and an object', () => {
  for (const name of PARAMETER_NAMES)
    for (const value of [[1], {}]) expect(sentencesOf({ [name]: value })).toHaveLength(1);
});

test.each([
  ['xscale', 'x_scale'],
  ['outputRatio', 'output_ratio'],
  ['add_watermak', 'add_watermark'],
  ['left_ofset', 'left_offset'],
] as const)('%s is answered with the name that was meant', (typo, meant: ParameterName) => {
  expect(sentencesOf({ [typo]: 2 })).toEqual([`parameters.${typo} is not known. Did you mean parameters.${meant}?`]);
});

test('a name that every object has is not known either', () => {
  const given = JSON.parse('{"__proto__":1,"constructor":2}');
  expect(sentencesOf(given)).toEqual([
    'parameters.__proto__ is not known. Leave it out.',
    'parameters.constructor is not known. Leave it out.',
  ]);
});

test('minus zero becomes zero, so that two equal requests are equal', () => {
  expect(Object.is(checkParameters({ angle: -0 }).parameters.angle, 0)).toBe(true);
});

test.each([[[]], ['x'], [1], [null]])('%j is no set of parameters', (parameters) => {
  expect(sentencesOf(parameters)[0]).toMatch(/^parameters must be an object of the parameters/);
});
