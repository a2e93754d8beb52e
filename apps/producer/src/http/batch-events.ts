// A batch's progress as server-sent events: its state whenever it changed, so that whoever comes back has missed nothing.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { BatchStore } from '@outpaint/shared/batch/batch-store';
import type { BatchName } from '@outpaint/shared/contract/ids';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import { batchJson } from '../view/batch-json.ts';
import { endingOf } from '../view/ending.ts';

const LOOK_MS = 1_000;
/** Proxies close what is silent for a minute. */
const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 2_000;

const eventText = (event: string, id: string, data: unknown): string =>
  `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;

const versionOf = (data: unknown): string =>
  createHash('sha256').update(JSON.stringify(data)).digest('base64url').slice(0, 16);

/**
 * Each event carries the whole state, so any one of them makes up for all before it; `lastEventId` keeps a client that
 * reconnects from being told what it knows. Ends with the event `ended` once nothing is left to wait for.
 */
export async function* batchEvents(
  deps: { readonly batches: Pick<BatchStore, 'read' | 'line'>; readonly clock: Clock },
  name: BatchName,
  lastEventId: string | undefined,
  stop: AbortSignal,
): AsyncGenerator<string> {
  yield `retry: ${RECONNECT_MS}\n\n`;
  let told = lastEventId;
  let toldAt = deps.clock.monotonic();
  while (!stop.aborted) {
    const [batch, line] = await Promise.all([deps.batches.read(name), deps.batches.line()]);
    if (batch === null) return;
    const data = { ...batchJson(batch), line: line.state };
    const version = versionOf(data);
    if (version !== told) {
      yield eventText('batch', version, data);
      told = version;
      toldAt = deps.clock.monotonic();
    } else if (deps.clock.monotonic() - toldAt >= HEARTBEAT_MS) {
      yield ': nothing new\n\n';
      toldAt = deps.clock.monotonic();
    }
    const ending = endingOf(batch, line);
    if (ending !== null) {
      yield eventText('ended', version, { ending });
      return;
    }
    await deps.clock.wait(LOOK_MS, stop);
  }
}

/** As a stream that ends when its reader goes or the server stops. */
export const eventStream = (events: (stop: AbortSignal) => AsyncGenerator<string>, stopping: AbortSignal): Readable => {
  const gone = new AbortController();
  const stream = Readable.from(events(AbortSignal.any([gone.signal, stopping])), { encoding: 'utf8' });
  stream.once('close', () => gone.abort());
  return stream;
};
