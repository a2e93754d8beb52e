// Which licences may ship: those that ask for no more than their text and their authors' names.

/** SPDX names: https://spdx.org/licenses/ */
const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
];

/** An expression of SPDX names: one side of an OR is enough, an AND needs both. What is unknown is not allowed. */
export const licenceAllowed = (expression: string): boolean => {
  const bare = expression.trim().replace(/^\((.*)\)$/, '$1');
  if (/[()]/.test(bare)) return false;
  return bare.split(/ OR /i).some((side) => side.split(/ AND /i).every((name) => ALLOWED.includes(name.trim())));
};
