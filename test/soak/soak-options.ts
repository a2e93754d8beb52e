// What a run of the harness is told: how much of everything, and how fast.

export const CONTENDERS = ['outpaint', 'script', 'bullmq'] as const;
export type ContenderName = (typeof CONTENDERS)[number];

/** Whether only we submit with the key; with a shared one a neighbour does as well. */
export type KeyUse = 'dedicated' | 'shared';

/** How often each thing is done to a run. */
export interface ChaosCounts {
  readonly kills: number;
  readonly freezes: number;
  readonly redisKills: number;
  readonly redisPauses: number;
  readonly redisRestores: number;
  readonly storeAways: number;
  readonly bursts: number;
  readonly arrears: number;
}

export interface SoakOptions {
  readonly rows: number;
  readonly workers: number;
  readonly speed: number;
  readonly key: KeyUse;
  readonly contenders: readonly ContenderName[];
  /** Rows of each control; they fail with far fewer. */
  readonly controlRows: number;
  readonly chaos: ChaosCounts;
  /** One contender's run that is not done by then has failed. */
  readonly limitMs: number;
}

/** The chaos of so many rows: that of the full scale in proportion, but at least one of each kind. */
export const chaosFor = (rows: number): ChaosCounts => {
  const part = Math.min(1, rows / FULL_ROWS);
  const some = (full: number): number => Math.max(1, Math.round(full * part));
  return {
    kills: some(110),
    freezes: some(22),
    redisKills: some(7),
    redisPauses: some(7),
    redisRestores: 0,
    storeAways: some(2),
    bursts: some(4),
    arrears: some(2),
  };
};

export const FULL_ROWS = 5_000;
