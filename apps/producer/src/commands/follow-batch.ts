// Follows a batch until there is nothing to wait for, or until Ctrl-C.
import type { Batch } from '@outpaint/shared/batch/batch';
import type { BatchStore, LineState } from '@outpaint/shared/batch/batch-store';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import { isRedisAway } from '../stores/redis-away.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { batchJson } from '../view/batch-json.ts';
import { type Ending, endingOf } from '../view/ending.ts';
import { createIdleHint } from './idle-hint.ts';
import type { Output } from './output.ts';
import { progressText, turnTexts } from './progress-text.ts';
import { createWorkRate } from './work-rate.ts';

export interface Look {
  readonly batch: Batch;
  readonly line: LineState;
}
export type Followed = ({ readonly kind: 'over'; readonly ending: Ending } & Look) | { readonly kind: 'interrupted' };

export interface FollowParts {
  readonly batches: Pick<BatchStore, 'read' | 'line'>;
  readonly terminal: Terminal;
  readonly output: Output;
  readonly clock: Clock;
}

const LOOK_EVERY_MS = 500;
/** Off a terminal: enough to see that it lives, little enough for a log. */
const LINE_EVERY_MS = 10_000;
const STREAM_EVERY_MS = 1_000;
/** Redis may restart while somebody watches; away for longer than this, the watch ends and the work does not. */
const AWAY_MS_MAX = 60_000;

/** Throws `batch_unknown` if the batch vanishes, and the last error once Redis has been away for a minute. Changes nothing. */
export const followBatch = async (parts: FollowParts, name: BatchName, interrupted: AbortSignal): Promise<Followed> => {
  const { batches, terminal, output, clock } = parts;
  const rate = createWorkRate();
  const isIdle = createIdleHint();
  const lines = everySoOften(LINE_EVERY_MS);
  const stream = everySoOften(STREAM_EVERY_MS);
  let before: Look | null = null;
  let awaySince: number | null = null;
  while (!interrupted.aborted) {
    const now = clock.monotonic();
    let look: Look | null = null;
    try {
      look = await lookAt(batches, name);
      if (awaySince !== null) terminal.say('Redis answers again.');
      awaySince = null;
    } catch (error) {
      if (!isRedisAway(error)) throw error;
      if (awaySince === null)
        terminal.say('Redis does not answer; trying again for a minute. The work itself waits for Redis too.');
      awaySince ??= now;
      if (clock.monotonic() - awaySince > AWAY_MS_MAX) throw error;
    }
    if (look !== null) {
      const { batch, line } = look;
      rate.see(now, batch.counts.delivered + batch.counts.dead_lettered + batch.counts.cancelled);
      for (const text of turnTexts(before, look)) terminal.say(text);
      if (isIdle(now, batch, line))
        terminal.say('Rows wait and nobody takes them up: is a worker running (pnpm worker)?');
      const ending = endingOf(batch, line);
      const text = progressText(batch, line, rate.perMinute());
      if (terminal.animates) terminal.progress(text);
      else if (ending !== null || lines(now)) terminal.say(text);
      if (output.streams && stream(now)) output.event('progress', { batch: batchJson(batch), line: line.state });
      before = look;
      if (ending !== null) {
        terminal.clearProgress();
        return { kind: 'over', ending, batch, line };
      }
    }
    await clock.wait(LOOK_EVERY_MS, interrupted);
  }
  terminal.clearProgress();
  return { kind: 'interrupted' };
};

const lookAt = async (batches: FollowParts['batches'], name: BatchName): Promise<Look> => {
  const [batch, line] = await Promise.all([batches.read(name), batches.line()]);
  if (batch === null)
    throw new OutpaintError('batch_unknown', `The batch ${name} is not there any more.`, { facts: { name } });
  return { batch, line };
};

/** True at the first call and then once in each gap. */
const everySoOften = (gapMs: number): ((now: number) => boolean) => {
  let next = Number.NEGATIVE_INFINITY;
  return (now) => {
    if (now < next) return false;
    next = now + gapMs;
    return true;
  };
};
