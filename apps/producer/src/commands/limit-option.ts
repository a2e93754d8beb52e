// The value of a --limit: a whole number within bounds.
import { InvalidArgumentError } from 'commander';

export const limitOption =
  (max: number) =>
  (text: string): number => {
    if (/^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= max) return Number(text);
    throw new InvalidArgumentError(`Write a whole number from 1 to ${max}.`);
  };
