// Which fields of two requests differ: what a caller is told who hands in other content under the same name.
import { PARAMETER_NAMES } from './parameters.ts';
import type { ExpansionRequest } from './request.ts';

const FIELDS = [
  'v',
  'custom_id',
  'batch',
  'source',
  'output_key',
] as const satisfies readonly (keyof ExpansionRequest)[];

/** Dotted names (`source`, `parameters.angle`) of what differs; empty if both ask for the same. */
export const differingFields = (a: ExpansionRequest, b: ExpansionRequest): string[] => [
  ...FIELDS.filter((field) => a[field] !== b[field]),
  ...PARAMETER_NAMES.filter((name) => a.parameters[name] !== b.parameters[name]).map((name) => `parameters.${name}`),
];
