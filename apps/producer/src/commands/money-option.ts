// Option values that are amounts or thresholds, checked while the command line is read.
import type { BatchOptions } from '@outpaint/shared/batch/batch';
import { type MoneyMicro, parseMoney } from '@outpaint/shared/contract/money';
import { InvalidArgumentError } from 'commander';

export const budgetOption = (text: string): MoneyMicro => {
  try {
    return parseMoney(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : 'It is no amount.');
  }
};

export type FailureLimit = Pick<BatchOptions, 'failuresMax' | 'failuresPercent'>;

/** `20` rows or `5%` of the ended rows. */
export const failuresOption = (text: string): FailureLimit => {
  const percent = /^(\d{1,3}(?:\.\d{1,3})?)%$/.exec(text);
  if (percent !== null) {
    const value = Number(percent[1]);
    // 0 % would be reached by no failure at all.
    if (value > 0 && value <= 100) return { failuresPercent: value };
  } else if (/^\d{1,9}$/.test(text) && Number(text) > 0) return { failuresMax: Number(text) };
  throw new InvalidArgumentError('Write a number of rows such as 20, or a percentage of the ended rows such as 5%.');
};
