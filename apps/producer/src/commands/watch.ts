// Following a batch as a command does it: to its end with a summary, or to Ctrl-C with the way back.
import type { BatchStore } from '@outpaint/shared/batch/batch-store';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { batchJson } from '../view/batch-json.ts';
import type { CommandContext } from './context.ts';
import { endingText } from './ending-text.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exit-code.ts';
import { followBatch } from './follow-batch.ts';
import type { Interrupts } from './interrupts.ts';
import type { Output } from './output.ts';

/** How long after the first Ctrl-C a second one still pauses the batch. */
const SECOND_INTERRUPT_MS = 2_000;

type Parts = {
  readonly context: CommandContext;
  readonly batches: BatchStore;
  readonly output: Output;
  readonly interrupts: Interrupts;
};

/** `facts` join the result: what a run has accepted. */
export const watchToEnd = async (parts: Parts, name: BatchName, facts: object = {}): Promise<ExitCode> => {
  const { context, batches, output, interrupts } = parts;
  const followed = await followBatch(
    { batches, output, terminal: context.terminal, clock: context.clock },
    name,
    interrupts.first,
  );
  if (followed.kind === 'interrupted') return letGo(parts, name, facts);
  const { batch, line, ending } = followed;
  const code = exitCodeOf(batch, line);
  const halted = line.state === 'halted' ? { code: line.code, message: line.message } : null;
  output.result({ ...facts, ended: ending, exit_code: code, line_halted: halted, batch: batchJson(batch) }, () =>
    endingText(ending, batch, line),
  );
  return code;
};

/** After the first Ctrl-C: says that the work goes on, and waits a moment for the second, which pauses the batch. */
export const letGo = async (
  { context, batches, output, interrupts }: Parts,
  name: BatchName,
  facts: object = {},
): Promise<ExitCode> => {
  context.terminal.say(
    `Detached: the work goes on. Come back with: outpaint batch watch ${name}\nCtrl-C again within ${SECOND_INTERRUPT_MS / 1000} s pauses the batch.`,
  );
  await context.clock.wait(SECOND_INTERRUPT_MS, interrupts.second);
  if (interrupts.second.aborted) {
    const paused = await batches.pause(name);
    if (paused)
      context.terminal.say(
        `Paused: what is at work is finished, nothing more is submitted. Go on with: outpaint batch resume ${name}`,
      );
  }
  const batch = await batches.read(name);
  output.result(
    { ...facts, ended: null, exit_code: EXIT.detached, batch: batch === null ? null : batchJson(batch) },
    () => `${name}: ${batch?.counts.delivered ?? 0} of ${batch?.rows ?? 0} delivered so far`,
  );
  return EXIT.detached;
};
