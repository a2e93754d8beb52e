import { expect, it } from 'vitest';
import { budgetOption, failuresOption } from './money-option.ts';

it('reads a failure limit as rows or as a percentage', () => {
  expect(failuresOption('20')).toEqual({ failuresMax: 20 });
  expect(failuresOption('5%')).toEqual({ failuresPercent: 5 });
  expect(failuresOption('0.5%')).toEqual({ failuresPercent: 0.5 });
});

it.each(['0', '0%', '101%', '-1', '5 %', 'many', '', '1e3'])('refuses %j as a failure limit', (text) => {
  expect(() => failuresOption(text)).toThrow(expect.objectContaining({ code: 'commander.invalidArgument' }));
});

it('reads a budget exactly, and refuses what is no amount', () => {
  expect(budgetOption('0.36')).toBe(360_000);
  expect(() => budgetOption('18,000')).toThrow(expect.objectContaining({ code: 'commander.invalidArgument' }));
});
