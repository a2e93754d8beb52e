// How far this machine's clock is from Redis', which is the one that records are judged by.
import type { RecordStore } from '@outpaint/shared/record/record-store';

/** Takes the middle of the exchange as the moment of Redis' answer; good to half a round trip. */
export const measureOffsetMs = async (records: Pick<RecordStore, 'now'>): Promise<number> => {
  const sent = Date.now();
  const redisNow = await records.now();
  return Math.round(redisNow - (sent + Date.now()) / 2);
};
