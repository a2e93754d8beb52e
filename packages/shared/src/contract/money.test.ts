// Money is exact: what is written is what is read, and sums do not drift.
import { expect, test } from 'vitest';
import { formatMoney, parseMoney } from './money.ts';

test.each([
  ['0.18', 180_000],
  ['0', 0],
  ['18000', 18_000_000_000],
  ['0.000001', 1],
  ['999999999.999999', 999_999_999_999_999],
  ['007.5', 7_500_000],
])('%s is %d millionths', (text, micro) => {
  expect(parseMoney(text)).toBe(micro);
});

test.each(['', '-1', '.5', '1.', '1,5', '1e3', '0.0000001', '9999999999', '¥1', 'NaN', '0x1', '1 2'])(
  '"%s" is no amount',
  (text) => {
    expect(() => parseMoney(text)).toThrow(expect.objectContaining({ code: 'money_invalid' }));
  },
);

test('a hundred thousand pictures cost 18 000, where floating point would drift', () => {
  let sum = 0;
  for (let i = 0; i < 100_000; i++) sum += parseMoney('0.18');
  expect(formatMoney(sum, 'CNY')).toBe('CNY 18000.00');
});

test.each([
  [180_000, 'CNY 0.18'],
  [1, 'CNY 0.000001'],
  [-1_500_000, 'CNY -1.50'],
  [0, 'CNY 0.00'],
  [123_400, 'CNY 0.1234'],
])('%d millionths are written %s', (micro, text) => {
  expect(formatMoney(micro, 'CNY')).toBe(text);
});

test('half a millionth is no amount', () => {
  expect(() => formatMoney(0.5, 'CNY')).toThrow(expect.objectContaining({ code: 'money_invalid' }));
});
