// Whether Redis answers a newcomer: what tells a Redis that is away from a connection of ours that is.
import { connectStore, whenReady } from '@outpaint/shared/queue/connections';

/** Connects anew each time, since a connection that lost its peer says nothing about the peer. Never rejects. */
export const redisAnswers = async (url: string, timeoutMs: number): Promise<boolean> => {
  const redis = connectStore(url, 'probe', timeoutMs);
  redis.on('error', () => undefined);
  try {
    await whenReady(redis, timeoutMs);
    return true;
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
};
