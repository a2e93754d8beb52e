// `outpaint dead-letter show`: one letter with its whole history, and what a redrive would do.

import { policyOf } from '@outpaint/shared/config/policy-of';
import type { IntakeLetter } from '@outpaint/shared/contract/dead-letter';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import type { Command } from 'commander';
import { isDead } from '../desk/dead-rows.ts';
import { planText, redrivePlan } from '../desk/redrive-plan.ts';
import type { Stores } from '../stores/open-stores.ts';
import { inColumns } from '../terminal/columns.ts';
import { printable } from '../terminal/printable.ts';
import { timeText } from '../terminal/time-text.ts';
import { type DeadLetterJson, deadRowJson, intakeLetterJson } from '../view/dead-letter-json.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-code.ts';
import { expansionOf } from './expansion-of.ts';
import { helpAfter } from './help-text.ts';
import { messagePlace } from './message-place.ts';
import { createOutput, withJsonOption } from './output.ts';
import { POLICY_PARTS, settingsOf } from './settings-of.ts';
import { withStores } from './with-stores.ts';

interface ShownLetter {
  readonly facts: DeadLetterJson;
  readonly errors: readonly {
    readonly at: number;
    readonly stage: string;
    readonly code: string;
    readonly message: string;
  }[];
  readonly request: unknown;
  readonly message: string;
  readonly redrive: string;
}

export const addDeadLetterShowCommand = (desk: Command, context: CommandContext): void => {
  withJsonOption(desk.command('show'))
    .description('one letter: why it died, every failure on the way, what was asked for, and what a redrive would do')
    .argument('<id>', 'an expansion id, BATCH/CUSTOM_ID, or the id of a letter')
    .addHelpText('after', helpAfter(['dead-letter show spring/sku-1042'], [0, 2, 5]))
    .action((text: string, options: { json?: boolean }) =>
      withStores(context, async (stores) => {
        const shown = text.startsWith('intake-')
          ? await intakeLetter(stores, text)
          : await rowLetter(context, stores, text);
        const { facts, errors, request, message, redrive } = shown;
        const json = {
          ...facts,
          letter: message,
          redrive,
          errors: errors.map((e) => ({ ...e, at: new Date(e.at).toISOString() })),
          request,
        };
        createOutput(context.terminal, options).result(json, () => letterText(shown));
        context.end(EXIT.ok);
      }),
    );
};

const intakeLetter = async ({ queues }: Stores, letterId: string): Promise<ShownLetter> => {
  const letter = await queues.readLetter(letterId);
  if (letter?.stage !== 'intake')
    throw new OutpaintError('letter_unknown', `There is no letter ${printable(letterId)}.`);
  const { errors, request } = letter satisfies IntakeLetter;
  const redrive = 'not possible: it was never accepted. Hand it in again, corrected.';
  return { facts: intakeLetterJson(letterId, letter), errors, request, message: 'in the dead-letter queue', redrive };
};

const rowLetter = async (context: CommandContext, stores: Stores, text: string): Promise<ShownLetter> => {
  const record = await expansionOf(stores, text);
  if (!isDead(record))
    throw new OutpaintError('letter_unknown', `${text} is not dead-lettered: it is ${record.status}.`);
  const plan = redrivePlan(record, false, policyOf(settingsOf(context.env, POLICY_PARTS)));
  const place = await messagePlace(stores, record);
  return {
    facts: deadRowJson(record),
    errors: record.errors,
    request: record.request,
    message: place.text,
    redrive: plan.kind === 'goes' ? planText(plan) : `needs --pay-again: ${plan.reason}`,
  };
};

const letterText = ({ facts, errors, request, message, redrive }: ShownLetter): string => {
  const rows = [
    ['letter', facts.id],
    ...(facts.batch === null ? [] : [['batch/custom_id', printable(`${facts.batch}/${facts.custom_id}`)]]),
    ['died', `${timeText(Date.parse(facts.dead_at))} at ${facts.stage}`],
    ['code', `${printable(facts.code)} (${facts.class})`],
    ['message', printable(facts.message)],
    ['meaning', facts.meaning],
    ['remedy', facts.remedy],
    ['billed', facts.billed],
    ['task', printable(facts.task_id ?? '-')],
    ['request id', printable(facts.upstream_request_id ?? '-')],
    ['attempts', String(facts.attempts)],
    ['queue', message],
    ['redrive', redrive],
    ['request', printable(JSON.stringify(request))],
  ];
  const past = errors.map((error) => [
    timeText(error.at),
    error.stage,
    printable(error.code),
    printable(error.message),
  ]);
  return [...inColumns(rows), ...(past.length === 0 ? [] : ['', 'Failures on the way:', ...inColumns(past)])].join(
    '\n',
  );
};
