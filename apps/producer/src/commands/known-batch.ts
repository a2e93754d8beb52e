// Finds a batch by the name that a person typed, or says which one was probably meant.
import type { Batch } from '@outpaint/shared/batch/batch';
import type { BatchStore } from '@outpaint/shared/batch/batch-store';
import { asBatchName } from '@outpaint/shared/contract/ids';
import { nearestName } from '@outpaint/shared/contract/nearest-name';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';

/** So many of the newest batches are looked at for a name that is near. */
const NAMES_MAX = 1_000;

/** Throws `batch_unknown` or `batch_name_invalid`. */
export const knownBatch = async (batches: Pick<BatchStore, 'read' | 'list'>, text: string): Promise<Batch> => {
  const name = asBatchName(text);
  const batch = await batches.read(name);
  if (batch !== null) return batch;
  const known = (await batches.list({ offset: 0, limit: NAMES_MAX })).map((other) => other.name);
  const near = nearestName(name, known);
  const hint =
    near !== null
      ? `Did you mean ${near}?`
      : known.length === 0
        ? 'There are none yet.'
        : 'outpaint batch list shows all.';
  throw new OutpaintError('batch_unknown', `There is no batch ${name}. ${hint}`, { facts: { name, near } });
};
