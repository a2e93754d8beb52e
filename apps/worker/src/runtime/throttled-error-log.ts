// One line per kind of error per ten seconds: a Redis that is away or full would otherwise fill the disk with errors.
import type { Logger } from '@outpaint/shared/telemetry/logger';

const QUIET_MS = 10_000;

export const throttledErrorLog = (log: Logger, now: () => number = Date.now): ((error: Error) => void) => {
  const lastByMessage = new Map<string, { at: number; swallowed: number }>();
  return (error) => {
    const key = error.message.slice(0, 80);
    const last = lastByMessage.get(key);
    if (last && now() - last.at < QUIET_MS) {
      last.swallowed += 1;
      return;
    }
    // The map is bounded: messages that carry ids would otherwise grow it for ever.
    if (lastByMessage.size > 100) lastByMessage.clear();
    lastByMessage.set(key, { at: now(), swallowed: 0 });
    log.error({ err: error, swallowed: last?.swallowed ?? 0 }, 'queue error');
  };
};
