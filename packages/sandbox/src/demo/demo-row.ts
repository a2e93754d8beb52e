// One row of the demo's catalog: its picture, what is asked for, what goes wrong, and how it must end.
import type { Size } from '../picture/frame-of.ts';
import type { FaultRuleInput } from '../upstream/fault-rule.ts';

/** As the API names them; what is left out takes the API's default. */
export type DemoParameters = Readonly<Record<string, string | number | boolean>>;

export type DemoEnding =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'dead_lettered'; readonly code: string }
  /** Never accepted: the manifest's own check refuses it. */
  | { readonly kind: 'refused' };

export interface DemoRow {
  readonly customId: string;
  /** Null for a picture that is not there. */
  readonly picture: Size | null;
  readonly parameters: DemoParameters;
  /** Of the stand-in, for this row's source only; without it. */
  readonly fault: Omit<Extract<FaultRuleInput, { at: 'submit'; kind?: 'error' | undefined }>, 'source'> | null;
  readonly ending: DemoEnding;
}

/** A drawn picture is known by this name; `missing` is the one that the stand-in never has. */
export const fileOf = ({ customId, picture }: DemoRow): string =>
  picture === null ? 'missing.jpg' : `${customId}.jpg`;

/** Where the stand-in for the API finds the picture: the shop's own server, as it were. */
export const sourceOf = (row: DemoRow, controlUrl: string): string => {
  const size = row.picture === null ? '' : `?w=${row.picture.width}&h=${row.picture.height}`;
  return `${controlUrl}/pictures/${fileOf(row)}${size}`;
};

/** The rows' faults, each for the source of its own row. */
export const faultsOf = (rows: readonly DemoRow[]): FaultRuleInput[] =>
  rows.flatMap((row) => (row.fault === null ? [] : [{ ...row.fault, source: fileOf(row) }]));
