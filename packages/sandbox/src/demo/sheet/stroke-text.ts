// Writes short labels as strokes of its own, so that the contact sheet reads the same on a machine without fonts.

/** Advance width and SVG path of each letter, in units of a tenth of the font's height; y 8 is the baseline. */
const LETTERS: Readonly<Record<string, readonly [width: number, path: string]>> = {
  a: [4, 'M4 5.5A2 2.5 0 1 1 0 5.5A2 2.5 0 1 1 4 5.5M4 3V8'],
  b: [4, 'M4 5.5A2 2.5 0 1 1 0 5.5A2 2.5 0 1 1 4 5.5M0 .5V8'],
  c: [3.7, 'M3.7 4Q3.1 3 2 3Q0 3 0 5.5Q0 8 2 8Q3.1 8 3.7 7'],
  d: [4, 'M4 5.5A2 2.5 0 1 1 0 5.5A2 2.5 0 1 1 4 5.5M4 .5V8'],
  e: [4, 'M0 5.4H4Q4 3 2 3Q0 3 0 5.5Q0 8 2.1 8Q3.2 8 3.8 7.1'],
  f: [2.8, 'M2.8 .8Q1.1 .2 1.1 2.2V8M0 3H2.6'],
  g: [4, 'M4 5.5A2 2.5 0 1 1 0 5.5A2 2.5 0 1 1 4 5.5M4 3V8.2Q4 10.3 2 10.3Q.9 10.3 .3 9.6'],
  h: [4, 'M0 .5V8M0 5Q.3 3 2.1 3Q4 3 4 5V8'],
  i: [0.6, 'M.3 3V8M.3 .9V1'],
  j: [1.4, 'M1.1 3V9Q1.1 10.4 0 10.3M1.1 .9V1'],
  k: [3.7, 'M0 .5V8M3.4 3L0 6M1.3 4.9L3.7 8'],
  l: [0.6, 'M.3 .5V8'],
  m: [6.4, 'M0 3V8M0 4.8Q.2 3 1.7 3Q3.2 3 3.2 4.8V8M3.2 4.8Q3.4 3 4.9 3Q6.4 3 6.4 4.8V8'],
  n: [4, 'M0 3V8M0 5Q.3 3 2.1 3Q4 3 4 5V8'],
  o: [4, 'M4 5.5A2 2.5 0 1 1 0 5.5A2 2.5 0 1 1 4 5.5'],
  p: [4, 'M4 5.5A2 2.5 0 1 1 0 5.5A2 2.5 0 1 1 4 5.5M0 3V10.3'],
  q: [4, 'M4 5.5A2 2.5 0 1 1 0 5.5A2 2.5 0 1 1 4 5.5M4 3V10.3'],
  r: [2.4, 'M0 3V8M0 5.2Q.3 3.1 2.4 3.1'],
  s: [3.6, 'M3.4 3.8Q2.8 3 1.8 3Q.2 3 .2 4.2Q.2 5.2 1.8 5.5Q3.6 5.8 3.6 6.8Q3.6 8 1.8 8Q.6 8 0 7.1'],
  t: [2.8, 'M1.1 1.2V6.6Q1.1 8 2.4 8H2.8M0 3H2.7'],
  u: [4, 'M0 3V6Q0 8 1.9 8Q3.7 8 4 6M4 3V8'],
  v: [4, 'M0 3L2 8L4 3'],
  w: [6, 'M0 3L1.5 8L3 3L4.5 8L6 3'],
  x: [3.8, 'M0 3L3.8 8M3.8 3L0 8'],
  y: [4, 'M0 3L2 8M4 3L1.6 9.2Q1.1 10.4 0 10.3'],
  z: [3.6, 'M0 3H3.6L0 8H3.6'],
  A: [4.4, 'M0 8L2.2 .5L4.4 8M.9 5.4H3.5'],
  C: [4.2, 'M4.2 1.8Q3.6 .5 2.3 .5Q0 .5 0 4.25Q0 8 2.3 8Q3.6 8 4.2 6.7'],
  D: [4.4, 'M0 .5H1.6Q4.4 .5 4.4 4.25Q4.4 8 1.6 8H0Z'],
  E: [4, 'M4 .5H0V8H4M0 4.2H3.4'],
  F: [3.8, 'M3.8 .5H0V8M0 4.2H3.2'],
  I: [0.6, 'M.3 .5V8'],
  P: [4.2, 'M0 8V.5H2.2Q4.2 .5 4.2 2.6Q4.2 4.7 2.2 4.7H0'],
  U: [4.2, 'M0 .5V5.5Q0 8 2.1 8Q4.2 8 4.2 5.5V.5'],
  '0': [4, 'M2 .5Q4 .5 4 4.25Q4 8 2 8Q0 8 0 4.25Q0 .5 2 .5Z'],
  '1': [2.2, 'M.2 2L2 .5V8'],
  '2': [4, 'M.2 2.4Q.3 .5 2 .5Q3.8 .5 3.8 2.3Q3.8 3.6 2.4 5L0 8H4'],
  '3': [4, 'M.2 1.4Q.9 .5 2 .5Q3.7 .5 3.7 2.2Q3.7 3.9 1.6 4Q4 4 4 6Q4 8 2 8Q.6 8 0 6.9'],
  '4': [4, 'M3 8V.5L0 5.8H4'],
  '5': [4, 'M3.7 .5H.6L.3 3.8Q1 3.2 2 3.2Q4 3.2 4 5.5Q4 8 1.9 8Q.6 8 0 7.1'],
  '6': [4, 'M3.4 1Q2.9 .5 2.2 .5Q0 .5 0 5.2Q0 8 2 8Q4 8 4 5.6Q4 3.4 2.1 3.4Q.4 3.4 0 5.2'],
  '7': [4, 'M0 .5H4L1.4 8'],
  '8': [4, 'M2 .5Q3.7 .5 3.7 2.2Q3.7 4 2 4Q.3 4 .3 2.2Q.3 .5 2 .5ZM2 4Q4 4 4 6Q4 8 2 8Q0 8 0 6Q0 4 2 4Z'],
  '9': [4, 'M.6 7.5Q1.1 8 1.8 8Q4 8 4 3.3Q4 .5 2 .5Q0 .5 0 2.9Q0 5.1 1.9 5.1Q3.6 5.1 4 3.3'],
  '.': [0.6, 'M.3 7.9V8'],
  ',': [0.8, 'M.6 7.6L.1 9.2'],
  ':': [0.6, 'M.3 3.8V3.9M.3 7.9V8'],
  '-': [2.6, 'M0 5.3H2.6'],
  _: [3.6, 'M0 9H3.6'],
  '=': [3.6, 'M0 4.3H3.6M0 6.5H3.6'],
  '×': [3.2, 'M.1 3.8L3.1 6.8M3.1 3.8L.1 6.8'],
  '→': [6, 'M0 5.3H6M4 3.5L6 5.3L4 7.1'],
  ' ': [2.2, ''],
};
const UNKNOWN = [4, 'M0 .5H4V8H0Z'] as const;

const HEIGHT_UNITS = 10;
const GAP_UNITS = 1.5;

const letterOf = (letter: string) => LETTERS[letter] ?? UNKNOWN;

/** False where a letter is unknown, which is then drawn as an empty box. */
export const isLabelText = (text: string): boolean => [...text].every((letter) => LETTERS[letter] !== undefined);

/** Pixels; `size` is the height from the tallest to the lowest stroke. */
export const strokeTextWidth = (text: string, size: number): number => {
  const units = [...text].reduce((sum, letter) => sum + letterOf(letter)[0] + GAP_UNITS, -GAP_UNITS);
  return (Math.max(0, units) * size) / HEIGHT_UNITS;
};

/** An SVG group whose left upper corner is at x and y, made smaller where it would be wider than `widthMax`. */
export const strokeText = (
  text: string,
  {
    x,
    y,
    size,
    colour,
    widthMax,
    weight = 1,
  }: { x: number; y: number; size: number; colour: string; widthMax?: number; weight?: number },
): string => {
  const fit = widthMax === undefined ? 1 : Math.min(1, widthMax / Math.max(1, strokeTextWidth(text, size)));
  let at = 0;
  const paths = [...text].map((letter) => {
    const [width, path] = letterOf(letter);
    const placed = path === '' ? '' : `<path transform="translate(${at.toFixed(1)} 0)" d="${path}"/>`;
    at += width + GAP_UNITS;
    return placed;
  });
  const scale = (size * fit) / HEIGHT_UNITS;
  return `<g transform="translate(${x} ${y}) scale(${scale.toFixed(4)})" fill="none" stroke="${colour}" stroke-width="${weight}" stroke-linecap="round" stroke-linejoin="round">${paths.join('')}</g>`;
};
