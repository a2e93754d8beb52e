// Forgets dead-lettered rows and their letters, some at a time; stopping and starting again is harmless at any point.
import { letterJobId } from '@outpaint/shared/contract/dead-letter';
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import { PURGE_ROWS_MAX, type Purged } from '@outpaint/shared/record/purge-store';
import type { Stores } from '../stores/open-stores.ts';
import { type DeadRecord, isDead } from './dead-rows.ts';
import { inStep } from './in-step.ts';

/** `paid`: a picture was, or may have been, paid for; forgotten, nobody could fetch it any more. */
export type PurgeAnswer = { readonly kind: Purged | 'paid'; readonly id: ExpansionId };

export interface PurgeTerms {
  readonly alsoPaid: boolean;
  /** Says what would come of each row, and changes nothing. */
  readonly look: boolean;
}

export const purgeRows = (
  { records, purges, queues }: Pick<Stores, 'records' | 'purges' | 'queues'>,
  ids: readonly ExpansionId[],
  { alsoPaid, look }: PurgeTerms,
): AsyncGenerator<PurgeAnswer> =>
  inStep(
    ids,
    async (chunk) => {
      const kinds = new Map<ExpansionId, PurgeAnswer['kind']>(chunk.map((id) => [id, 'moved']));
      const dead = (await records.readMany(chunk)).filter(isDead);
      for (const { id, billed } of dead) if (billed !== 'no' && !alsoPaid) kinds.set(id, 'paid');
      const tell = (rows: readonly DeadRecord[], answers: readonly Purged[]): DeadRecord[] =>
        rows.filter(({ id }, i) => {
          kinds.set(id, answers[i] ?? 'moved');
          return answers[i] === 'purged';
        });
      const wanted = dead.filter(({ id }) => kinds.get(id) !== 'paid');
      const going = wanted.length === 0 ? [] : tell(wanted, await purges.look(wanted));
      if (!look && going.length > 0) {
        // The letter first: killed in between, the row still stands and the same command takes it. The other way round
        // nothing would be left that names the letter.
        await Promise.all(going.map(({ id, deaths }) => queues.removeLetter(letterJobId(id, deaths))));
        tell(going, await purges.purge(going));
      }
      return chunk.map((id) => ({ id, kind: kinds.get(id) ?? 'moved' }));
    },
    { size: PURGE_ROWS_MAX },
  );
