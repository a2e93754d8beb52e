// A batch's progress as server-sent events.
import { Readable } from 'node:stream';
import type { BatchStore } from '@outpaint/shared/batch/batch-store';
import type { BatchName } from '@outpaint/shared/contract/ids';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import { batchJson } from '../view/batch-json.ts';
import { endingOf } from '../view/ending.ts';
import { stateEvents } from './state-events.ts';

/** Ends with the event `ended` once nothing is left to wait for. */
export const batchEvents = (
  deps: { readonly batches: Pick<BatchStore, 'read' | 'line'>; readonly clock: Clock },
  name: BatchName,
  lastEventId: string | undefined,
  stop: AbortSignal,
): AsyncGenerator<string> => {
  const look = async () => {
    const [batch, line] = await Promise.all([deps.batches.read(name), deps.batches.line()]);
    if (batch === null) return null;
    return { data: { ...batchJson(batch), line: line.state }, ending: endingOf(batch, line) };
  };
  return stateEvents({ event: 'batch', look, clock: deps.clock }, lastEventId, stop);
};

/** As a stream that ends when its reader goes or the server stops. */
export const eventStream = (events: (stop: AbortSignal) => AsyncGenerator<string>, stopping: AbortSignal): Readable => {
  const gone = new AbortController();
  const stream = Readable.from(events(AbortSignal.any([gone.signal, stopping])), { encoding: 'utf8' });
  stream.once('close', () => gone.abort());
  return stream;
};
