// Money as whole millionths of a currency unit: sums and budgets are exact, no fraction is ever rounded.
import { OutpaintError } from '../errors/outpaint-error.ts';

/** Millionths of one currency unit, a safe integer: 0.18 CNY is 180 000. */
export type MoneyMicro = number;

export const MICRO_PER_UNIT = 1_000_000;
const DECIMALS = 6;

/** Reads `0.18` or `18000` exactly; throws `money_invalid` for anything else, a seventh decimal and a negative amount too. */
export const parseMoney = (text: string): MoneyMicro => {
  const match = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(text.trim());
  if (match === null) {
    throw new OutpaintError('money_invalid', 'An amount is written 0.18 or 18000, with at most six decimals.', {
      facts: { value: text.slice(0, 50) },
    });
  }
  const [, units = '0', fraction = ''] = match;
  return Number(units) * MICRO_PER_UNIT + Number(fraction.padEnd(DECIMALS, '0'));
};

/** `CNY 0.18`: at least two decimals, never rounded. */
export const formatMoney = (micro: MoneyMicro, currency: string): string => {
  if (!Number.isSafeInteger(micro))
    throw new OutpaintError('money_invalid', 'An amount must be a whole number of millionths.');
  const absolute = Math.abs(micro);
  const fraction = String(absolute % MICRO_PER_UNIT)
    .padStart(DECIMALS, '0')
    .replace(/0{1,4}$/, '');
  return `${currency} ${micro < 0 ? '-' : ''}${Math.floor(absolute / MICRO_PER_UNIT)}.${fraction}`;
};
