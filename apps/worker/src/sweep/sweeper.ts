// Brings back what should have moved: no token can be lost, because every fed, unfinished record stands in a watch list.
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import { codeOf } from '@outpaint/shared/errors/outpaint-error';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import type { Policy } from '@outpaint/shared/lifecycle/policy';
import { rescueOf } from '@outpaint/shared/lifecycle/rescue';
import { stageOf } from '@outpaint/shared/lifecycle/stage';
import type { TokenQueues } from '@outpaint/shared/queue/token-queues';
import type { RecordStore } from '@outpaint/shared/record/record-store';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import { namesOf } from '@outpaint/shared/telemetry/names-of';
import { writeLetter } from '../dead-letter/write-letter.ts';
import { type Rounds, startRounds } from '../rounds/start-rounds.ts';

export interface SweeperDeps {
  readonly records: RecordStore;
  readonly queues: Pick<TokenQueues, 'addToken' | 'addLetter' | 'tokenState'>;
  readonly policy: Policy;
  readonly newCaller: () => string;
  readonly log: Logger;
}

/** BullMQ's states of a job that no worker has taken. */
const WAITING: readonly string[] = ['waiting', 'delayed', 'prioritized', 'waiting-children'];

/** Rows looked at by one sweep; the next sweep takes the rest. */
const ROWS_MAX = 200;

const rescue = async (deps: SweeperDeps, id: ExpansionId): Promise<boolean> => {
  const record = await deps.records.read(id);
  if (record === null) return false;
  const stage = stageOf(record.status);
  const state = stage === null ? null : await deps.queues.tokenState(stage, id, record.hop);
  const place = state !== null && WAITING.includes(state) ? 'waiting' : 'taken_or_gone';
  const settlement = rescueOf(record, place, deps.policy);
  if (settlement === null) return false;
  const { transition, next } = settlement;
  let hop = record.hop;
  if (transition !== null) {
    const applied = await deps.records.apply(record, transition, deps.newCaller());
    // Refused: it moved while we looked, which is all that we wanted.
    if (applied.kind === 'refused' || applied.kind === 'gone') return false;
    hop = applied.hop;
    if (place === 'waiting') return false;
    deps.log.warn(
      { ...namesOf(record), event: transition.name, status: transition.to, rescues: record.rescues },
      'overdue row rescued',
    );
  }
  if (next.kind === 'token') await deps.queues.addToken(next.stage, id, hop, next.delayMs, next.priority);
  if (next.kind === 'letter') await writeLetter(deps, id);
  return true;
};

/** One sweep. Harmless to run twice, also at once on several workers. Returns how many rows it moved. */
export const sweep = async (deps: SweeperDeps): Promise<number> => {
  let moved = 0;
  for (const id of await deps.records.overdue(ROWS_MAX)) {
    try {
      if (await rescue(deps, id)) moved += 1;
    } catch (error) {
      // One unreadable record must not keep the others waiting.
      deps.log.error({ expansion_id: id, code: codeOf(error), err: error }, 'overdue row could not be rescued');
    }
  }
  const freed = await deps.records.repairSlots();
  if (freed > 0) deps.log.error({ freed }, 'slots freed that no record held: this should not happen');
  return moved;
};

export const startSweeper = (
  deps: SweeperDeps & { readonly everyMs: number; readonly clock: Clock; readonly onSwept: (moved: number) => void },
): Rounds =>
  startRounds({ ...deps, failure: 'sweep failed; the next one tries again' }, async () => {
    deps.onSwept(await sweep(deps));
  });
