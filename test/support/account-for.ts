// What became of expansions that somebody was promised: delivered, explained, still under way, or lost.
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import type { RecordStore } from '@outpaint/shared/record/record-store';

export interface Account {
  readonly delivered: number;
  /** A dead letter with its code, or a doubt that is held with its reason. */
  readonly explained: Readonly<Record<string, number>>;
  readonly underWay: number;
  /** Promised, and not known. */
  readonly lost: readonly string[];
}

const CHUNK = 250;

const explanationOf = (record: ExpansionRecord): string | null => {
  if (record.status === 'dead_lettered' && record.letterWritten) return `dead letter ${record.deadCode}`;
  if (record.status === 'in_doubt' && record.holdReason !== null) return `held: ${record.holdReason}`;
  return record.status === 'cancelled' ? 'cancelled' : null;
};

export const accountFor = async (records: Pick<RecordStore, 'readMany'>, ids: readonly string[]): Promise<Account> => {
  const explained: Record<string, number> = {};
  const lost: string[] = [];
  let [delivered, underWay] = [0, 0];
  for (let i = 0; i < ids.length; i += CHUNK) {
    const chunk = ids.slice(i, i + CHUNK);
    for (const [j, record] of (await records.readMany(chunk as ExpansionId[])).entries()) {
      const why = record === null ? null : explanationOf(record);
      if (record === null) lost.push(chunk[j] ?? '');
      else if (record.status === 'delivered') delivered += 1;
      else if (why === null) underWay += 1;
      else explained[why] = (explained[why] ?? 0) + 1;
    }
  }
  return { delivered, explained, underWay, lost };
};
