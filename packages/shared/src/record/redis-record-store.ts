// The records in Redis.
import type { Redis } from 'ioredis';
import type { BatchName, ExpansionId } from '../contract/ids.ts';
import { OutpaintError } from '../errors/outpaint-error.ts';
import { type ExpansionRecord, RECORD_VERSION } from '../lifecycle/record.ts';
import type { Transition } from '../lifecycle/transition.ts';
import type { Keys } from './keys.ts';
import { readRecord } from './read-record.ts';
import {
  type Applied,
  type HistoryEntry,
  type LicenceAnswer,
  type LicenceTerms,
  NO_MARK,
  type RecordStore,
} from './record-store.ts';
import { runScript } from './run-script.ts';
import { licenceLua } from './scripts/licence.ts';
import { repairSlotsLua } from './scripts/repair-slots.ts';
import { transitionLua } from './scripts/transition.ts';

/** The time that scripts see; left out in production, where it is Redis' own. */
export type ScriptTime = () => number;

const newer = (id: string, version: unknown): OutpaintError =>
  new OutpaintError(
    'record_newer',
    `The record of ${id} has version ${String(version)}; this program knows ${RECORD_VERSION}.`,
    {
      facts: { id, version },
    },
  );

export const createRedisRecordStore = (redis: Redis, keys: Keys, time?: ScriptTime): RecordStore => {
  const header = (): (string | number)[] => [keys.prefix, time ? time() : '', RECORD_VERSION];

  const readMany = async (ids: readonly ExpansionId[]): Promise<(ExpansionRecord | null)[]> => {
    if (ids.length === 0) return [];
    const pipeline = redis.pipeline();
    for (const id of ids) pipeline.get(keys.request(id)).hgetall(keys.record(id));
    const replies = (await pipeline.exec()) ?? [];
    return ids.map((id, i) => {
      const [requestError, request] = replies[2 * i] ?? [null, null];
      const [recordError, hash] = replies[2 * i + 1] ?? [null, {}];
      if (requestError ?? recordError) throw requestError ?? recordError;
      return readRecord(id, request as string | null, hash as Record<string, string>);
    });
  };

  return {
    now: async () => {
      const [seconds, micros] = await redis.time();
      return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
    },

    read: async (id) => (await readMany([id]))[0] ?? null,

    readMany,

    history: async (id) =>
      (await redis.lrange(keys.history(id), 0, -1)).map((line): HistoryEntry => {
        const [at, event, status, detail] = JSON.parse(line) as [number, string, string, string];
        return { at, event, status, detail };
      }),

    apply: async ({ id, batch }: { id: ExpansionId; batch: BatchName }, transition: Transition, caller: string) => {
      const args = [...header(), id, batch, caller, JSON.stringify(transition)];
      const reply = (await runScript(redis, transitionLua, keys.record(id), args)) as [
        string,
        string,
        number,
        number,
        number | string,
      ];
      const [kind, status, hop, at, extra] = reply;
      if (kind === 'applied') return { kind, hop, at, lineHalted: extra === 1 } satisfies Applied;
      if (kind === 'repeated') return { kind, hop, at } satisfies Applied;
      if (kind === 'newer') throw newer(id, extra);
      if (kind === 'gone') return { kind };
      if (kind === 'taken') return { kind, by: extra as ExpansionId, status, hop };
      return { kind: 'refused', status, hop };
    },

    licence: async (
      { id, batch, hop },
      terms: LicenceTerms,
      caller: string,
      seen = NO_MARK,
    ): Promise<LicenceAnswer> => {
      const args = [
        ...header(),
        id,
        batch,
        caller,
        hop,
        terms.slots,
        terms.submitGapMs,
        terms.undeliveredMax,
        terms.undeliveredAgeMsMax,
        terms.priceMicro,
        terms.watchMs,
        terms.lineProbeMsMax,
        terms.thresholdSampleMin,
        terms.keyName,
        seen.mark,
        seen.name,
        terms.restMs,
      ];
      const [kind, value, mark] = (await runScript(redis, licenceLua, keys.record(id), args)) as [
        string,
        string | number,
        number | undefined,
      ];
      switch (kind) {
        case 'granted':
          return { kind, licence: caller, at: Number(value), mark: mark ?? 0 };
        case 'wait':
          return { kind, ms: Number(value) };
        case 'returned':
          return { kind, reason: String(value) };
        case 'cancelled':
          return { kind };
        case 'newer':
          throw newer(id, value);
        default:
          return { kind: 'stale' };
      }
    },

    overdue: async (max) => {
      const now = time
        ? time()
        : await redis.time().then(([s, us]) => Number(s) * 1000 + Math.floor(Number(us) / 1000));
      return (await redis.zrangebyscore(keys.watch, '-inf', now, 'LIMIT', 0, max)) as ExpansionId[];
    },

    repairSlots: async () => Number(await runScript(redis, repairSlotsLua, keys.slots, header())),
  };
};
