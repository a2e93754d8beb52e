// Where a redrive takes a dead-lettered row, and what it costs, in words. Pure.
import type { Policy } from '@outpaint/shared/lifecycle/policy';
import { redriveOf } from '@outpaint/shared/lifecycle/redrive';
import type { Settlement } from '@outpaint/shared/lifecycle/settlement';
import type { DeadRecord } from './dead-rows.ts';

export type Payment = 'nothing' | 'once' | 'again' | 'perhaps_again';

export type RedrivePlan =
  | {
      readonly kind: 'goes';
      readonly stage: 'submit' | 'poll' | 'deliver';
      readonly pays: Payment;
      readonly settlement: Settlement;
    }
  | { readonly kind: 'left'; readonly reason: string };

const STAGE_OF = { accepted: 'submit', submitted: 'poll', generated: 'deliver' } as const;

const PAYS_TEXT: Readonly<Record<Payment, string>> = {
  nothing: 'pays nothing',
  once: 'pays for one picture if it succeeds; nothing was billed so far',
  again: 'pays a second time',
  perhaps_again: 'pays, perhaps a second time',
};

export const redrivePlan = (record: DeadRecord, payAgain: boolean, policy: Policy): RedrivePlan => {
  const redrive = redriveOf(record, payAgain, policy);
  if (redrive.kind === 'needs_pay_again') return { kind: 'left', reason: redrive.reason };
  const stage = STAGE_OF[redrive.from as keyof typeof STAGE_OF];
  if (stage !== 'submit') return { kind: 'goes', stage, pays: 'nothing', settlement: redrive.settlement };
  if (record.billed !== 'maybe')
    return { kind: 'goes', stage, pays: redrive.paysAgain ? 'again' : 'once', settlement: redrive.settlement };
  // Nobody can tell whether it was billed: a new submit may be a second payment, whatever the reason it died of.
  if (!payAgain)
    return { kind: 'left', reason: 'it may have been paid for already, and only a new submit would go on with it' };
  return { kind: 'goes', stage, pays: 'perhaps_again', settlement: redrive.settlement };
};

/** `goes on at poll, pays nothing`. */
export const planText = (plan: Extract<RedrivePlan, { kind: 'goes' }>): string =>
  `goes on at ${plan.stage}, ${PAYS_TEXT[plan.pays]}`;
