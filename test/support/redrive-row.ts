// Redrives one dead-lettered row the way the desk does: decide, apply, add the token, take the letter away.
import { policyOf } from '@outpaint/shared/config/policy-of';
import { readSettings } from '@outpaint/shared/config/settings';
import { letterJobId } from '@outpaint/shared/contract/dead-letter';
import type { BatchName } from '@outpaint/shared/contract/ids';
import type { Policy } from '@outpaint/shared/lifecycle/policy';
import { type Redrive, redriveOf } from '@outpaint/shared/lifecycle/redrive';
import { recordOf } from './row-story.ts';
import type { Stack } from './stack.ts';
import { BATCH } from './stores.ts';

const PARTS = ['upstream', 'poll', 'retry', 'delivery', 'store', 'line', 'worker'] as const;

const policyOfStack = (stack: Stack): Policy => {
  const read = readSettings(stack.env, PARTS);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return policyOf(read.settings);
};

let calls = 0;

/** Answers what was decided; where that was `needs_pay_again` nothing has changed. */
export const redriveRow = async (
  stack: Stack,
  name: string,
  { payAgain = false, batch = BATCH }: { payAgain?: boolean; batch?: BatchName } = {},
): Promise<Redrive> => {
  const record = await recordOf(stack, name, batch);
  const redrive = redriveOf(record, payAgain, policyOfStack(stack));
  if (redrive.kind !== 'redrive' || redrive.settlement.transition === null) return redrive;
  const { transition, next } = redrive.settlement;
  calls += 1;
  const applied = await stack.records.apply(record, transition, `redrive-${calls}`);
  if (applied.kind !== 'applied') throw new Error(`${name} was not redriven: ${JSON.stringify(applied)}`);
  if (next.kind === 'token')
    await stack.queues.addToken(next.stage, record.id, applied.hop, next.delayMs, next.priority);
  await stack.queues.removeLetter(letterJobId(record.id, record.deaths));
  return redrive;
};
