// A delivered picture as the gallery shows it, from a list of rows or from the record of the one that was asked for.
import type { Row, Schemas } from '../api/client.ts';

export type Shown = Pick<
  Row,
  'id' | 'batch' | 'custom_id' | 'output_key' | 'parameters' | 'bytes' | 'width' | 'height'
>;

/** What the document leaves open of a record, as the server writes it. */
interface Delivered {
  readonly object: { readonly bytes: number; readonly width: number | null; readonly height: number | null } | null;
  readonly request: { readonly output_key: string; readonly parameters: Row['parameters'] };
}

/** Null where nothing was delivered. Pure. */
export const shownOf = (expansion: Schemas['Expansion']): Shown | null => {
  const { object, request } = expansion as Schemas['Expansion'] & Delivered;
  if (expansion.status !== 'delivered' || object === null) return null;
  const { id, batch, custom_id } = expansion;
  const { output_key, parameters } = request;
  return {
    id,
    batch,
    custom_id,
    output_key,
    parameters,
    bytes: object.bytes,
    width: object.width,
    height: object.height,
  };
};
