// A state as server-sent events: sent whenever it changed, so that whoever comes back has missed nothing.
import { createHash } from 'node:crypto';
import type { Clock } from '@outpaint/shared/lifecycle/clock';

const LOOK_MS = 1_000;
/** Proxies close what is silent for a minute. */
const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 2_000;

export interface Look {
  readonly data: unknown;
  /** Why nothing more will come; null while something may. */
  readonly ending: string | null;
}

const eventText = (event: string, id: string, data: unknown): string =>
  `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;

const versionOf = (data: unknown): string =>
  createHash('sha256').update(JSON.stringify(data)).digest('base64url').slice(0, 16);

/**
 * Each event carries the whole state, so any one of them makes up for all before it; `lastEventId` keeps a client that
 * reconnects from being told what it knows. Ends with the event `ended` once nothing is left to wait for, without one
 * where there is nothing to look at, and after `msMax`: the client comes back and is asked again who it is.
 */
export async function* stateEvents(
  o: {
    readonly event: string;
    readonly look: () => Promise<Look | null>;
    readonly clock: Clock;
    readonly msMax?: number;
  },
  lastEventId: string | undefined,
  stop: AbortSignal,
): AsyncGenerator<string> {
  yield `retry: ${RECONNECT_MS}\n\n`;
  let told = lastEventId;
  const startedAt = o.clock.monotonic();
  let toldAt = startedAt;
  while (!stop.aborted && o.clock.monotonic() - startedAt < (o.msMax ?? Number.POSITIVE_INFINITY)) {
    const seen = await o.look();
    if (seen === null) return;
    const version = versionOf(seen.data);
    if (version !== told) {
      yield eventText(o.event, version, seen.data);
      told = version;
      toldAt = o.clock.monotonic();
    } else if (o.clock.monotonic() - toldAt >= HEARTBEAT_MS) {
      yield ': nothing new\n\n';
      toldAt = o.clock.monotonic();
    }
    if (seen.ending !== null) {
      yield eventText('ended', version, { ending: seen.ending });
      return;
    }
    await o.clock.wait(LOOK_MS, stop);
  }
}
