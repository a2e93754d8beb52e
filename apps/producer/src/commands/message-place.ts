// Where the message of an expansion is, in words: which queue, which wait, or why there is none.
import { letterJobId } from '@outpaint/shared/contract/dead-letter';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import { type Stage, stageOf } from '@outpaint/shared/lifecycle/stage';
import type { Stores } from '../stores/open-stores.ts';
import { timeText } from '../terminal/time-text.ts';

/** `queue` and `state` are BullMQ's, null where the expansion has no message now. */
export interface MessagePlace {
  readonly queue: Stage | 'dead-letter' | null;
  readonly state: string | null;
  readonly text: string;
}

type PlaceStores = Pick<Stores, 'queues' | 'waitingPlace'>;

const without = (text: string): MessagePlace => ({ queue: null, state: null, text });

/** What is read comes from several calls: a row that moves meanwhile may be shown between two places. */
export const messagePlace = async (stores: PlaceStores, record: ExpansionRecord): Promise<MessagePlace> => {
  switch (record.status) {
    case 'delivered':
      return without('none: it is delivered');
    case 'cancelled':
      return without('none: it was cancelled');
    case 'submitting':
      return without('in the hands of the worker that holds its licence to pay');
    case 'in_doubt':
      return without('none: it waits for evidence or for a person (outpaint reconcile)');
    case 'dead_lettered':
      return letterPlace(stores, record);
    default:
      return tokenPlace(stores, record);
  }
};

const letterPlace = async ({ queues }: PlaceStores, record: ExpansionRecord): Promise<MessagePlace> => {
  const letterId = letterJobId(record.id, record.deaths);
  if ((await queues.readLetter(letterId)) !== null) {
    return { queue: 'dead-letter', state: 'waiting', text: `its letter ${letterId} is in the dead-letter queue` };
  }
  return without(
    record.letterWritten ? `its letter ${letterId} was taken by somebody` : 'its letter is about to be written',
  );
};

const tokenPlace = async ({ queues, waitingPlace }: PlaceStores, record: ExpansionRecord): Promise<MessagePlace> => {
  const place = await waitingPlace(record.id);
  if (record.status === 'accepted') {
    if (place.dueAt !== null) return without(`none: it waits for its retry at ${timeText(place.dueAt)}`);
    if (!place.isFed) return without("none: it stands in its batch's backlog");
  }
  const stage = stageOf(record.status) ?? 'submit';
  const state = await queues.tokenState(stage, record.id, record.hop);
  if (state !== null) return { queue: stage, state, text: `in the ${stage} queue, ${state}` };
  const rescue =
    place.watchAt === null ? 'nobody watches it' : `the sweeper looks after it at ${timeText(place.watchAt)}`;
  return { queue: stage, state: null, text: `missing from the ${stage} queue; ${rescue}` };
};
