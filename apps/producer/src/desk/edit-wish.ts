// What a person wants changed in many dead-lettered rows, and what that is for one of them. Pure.
import { modeOfParameter } from '@outpaint/shared/contract/modes';
import { isSet, type ParameterName, type Parameters } from '@outpaint/shared/contract/parameters';
import type { ExpansionRequest } from '@outpaint/shared/contract/request';
import type { Edit } from './edit-row.ts';

export interface EditWish {
  /** Parameters that are given anew; all others stay. */
  readonly set: ReadonlyMap<ParameterName, unknown>;
  /** The new source; `{custom_id}` in it stands for the row's own. */
  readonly source?: string | undefined;
  /** Sources that begin with the one begin with the other instead. */
  readonly sourcePrefix?: { readonly from: string; readonly to: string } | undefined;
}

/** What is given asks for a mode (a ratio, scales, offsets): the row's parameters of another mode make room for it. */
const parametersOf = (own: Parameters, set: EditWish['set']): Record<string, unknown> => {
  const given = Object.fromEntries(set) as Parameters;
  const modes = new Set(
    [...set.keys()].flatMap((name) => {
      const mode = modeOfParameter(name);
      return mode === null || !isSet(given, name) ? [] : [mode];
    }),
  );
  const stays = ([name]: [string, unknown]): boolean => {
    const mode = modeOfParameter(name as ParameterName);
    return mode === null || modes.size === 0 || modes.has(mode);
  };
  return { ...Object.fromEntries(Object.entries(own).filter(stays)), ...given };
};

/** A name stands in an address as it would in the bucket: its slashes are folders. */
const inAddress = (customId: string, address: string): string =>
  address.startsWith('s3://') ? customId : customId.split('/').map(encodeURIComponent).join('/');

const sourceOf = (request: ExpansionRequest, { source, sourcePrefix }: EditWish): string | undefined => {
  if (source !== undefined) return source.replaceAll('{custom_id}', () => inAddress(request.custom_id, source));
  if (sourcePrefix === undefined || !request.source.startsWith(sourcePrefix.from)) return undefined;
  return sourcePrefix.to + request.source.slice(sourcePrefix.from.length);
};

export const editOf = (request: ExpansionRequest, wish: EditWish): Edit => ({
  source: sourceOf(request, wish),
  parameters: wish.set.size === 0 ? undefined : parametersOf(request.parameters, wish.set),
});
