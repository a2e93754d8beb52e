// What a run throws when it has found something: the promise that does not hold, and where.

export class BrokenPromise extends Error {
  readonly claim: string;
  constructor(claim: string, facts: string) {
    super(`${claim}: ${facts}`);
    this.name = 'BrokenPromise';
    this.claim = claim;
  }
}

export const promise = (holds: boolean, claim: string, facts: () => string): void => {
  if (!holds) throw new BrokenPromise(claim, facts());
};
