// `outpaint dead-letter redrive`: dead-lettered rows go on from the stage that they reached, so that nothing is paid twice.
import { randomBytes } from 'node:crypto';
import { policyOf } from '@outpaint/shared/config/policy-of';
import type { Command } from 'commander';
import { ROWS_AT_ONCE } from '../desk/in-step.ts';
import { planText, redrivePlan } from '../desk/redrive-plan.ts';
import { type RedriveAnswer, redriveRows } from '../desk/redrive-rows.ts';
import type { Stores } from '../stores/open-stores.ts';
import { countText, numberText } from '../terminal/count-text.ts';
import { printable } from '../terminal/printable.ts';
import type { CommandContext } from './context.ts';
import { type SelectionOptions, selectedIds, withSelectionOptions } from './dead-selection.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { rateOption } from './moment-option.ts';
import { createOutput, withRowOptions } from './output.ts';
import { POLICY_PARTS, settingsOf } from './settings-of.ts';
import { isWanted } from './wanted.ts';
import { withStores } from './with-stores.ts';

export interface RedriveOptions extends SelectionOptions {
  readonly payAgain?: boolean;
  /** Rows a second. */
  readonly rate?: number;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly ndjson?: boolean;
}

const ROWS_IN_JSON_MAX = 10_000;
/** Ctrl-C ends the program between two rows, which is harmless. */
const NEVER = new AbortController().signal;
/** More lines than this nobody reads; --ndjson tells of every row. */
const LINES_MAX = 1_000;

export const addDeadLetterRedriveCommand = (desk: Command, context: CommandContext): void => {
  withRowOptions(withSelectionOptions(desk.command('redrive')))
    .description('take dead-lettered rows back to work, from the stage that they reached')
    .option('--rate <n>', 'so many rows a second at most, such as 50/s or 600/min', rateOption)
    .option('--pay-again', 'also submit anew what was, or may have been, paid for: costs one more picture each')
    .addHelpText(
      'after',
      helpAfter(
        [
          'dead-letter redrive spring/sku-1042',
          'dead-letter redrive --code InternalError.Algo --since 24h --rate 20/s --yes',
          'dead-letter redrive --batch spring --pay-again',
        ],
        [0, 2, 5],
      ),
    )
    .action((ids: string[], options: RedriveOptions) =>
      withStores(context, async (stores) => context.end(await redrive(context, stores, ids, options))),
    );
};

/** Asks where rows move or pay again. Safe to repeat after any ending. Throws `usage_wrong` where it is not said which rows. */
export const redrive = async (
  context: CommandContext,
  stores: Stores,
  texts: readonly string[],
  options: RedriveOptions,
): Promise<ExitCode> => {
  const { terminal } = context;
  const policy = policyOf(settingsOf(context.env, POLICY_PARTS));
  const payAgain = options.payAgain === true;
  let stays = 0;
  const ids = await selectedIds(stores, texts, options, (record) => {
    if (redrivePlan(record, false, policy).kind === 'left') stays += 1;
  });
  // One explicit id is wish enough, unless it pays again.
  const asks = ids.length > 0 && !(texts.length === 1 && !payAgain);
  if (asks && !(await isWanted(terminal, questionOf(ids.length, stays, payAgain), options))) {
    terminal.say('Nothing was redriven.');
    return EXIT.usage;
  }
  const counts = { redriven: 0, left: 0, moved: 0 };
  const rows: object[] = [];
  const output = createOutput(terminal, options);
  const newCaller = (): string => `redrive-${randomBytes(9).toString('base64url')}`;
  for await (const answer of redriveRows(stores, ids, {
    payAgain,
    policy,
    newCaller,
    ...stepOf(context, options.rate),
  })) {
    counts[answer.kind] += 1;
    output.event('row', answerJson(answer));
    if (options.json === true && rows.length < ROWS_IN_JSON_MAX) rows.push(answerJson(answer));
    else if (options.json !== true && options.ndjson !== true && ids.length <= LINES_MAX) say(context, answer);
    const done = counts.redriven + counts.left + counts.moved;
    if (done % ROWS_AT_ONCE === 0)
      terminal.progress(
        `${numberText(done)} of ${countText(ids.length, 'row')}: ${numberText(counts.redriven)} redriven`,
      );
  }
  output.result(options.ndjson === true ? counts : { ...counts, rows }, () => '');
  terminal.say(`${countText(counts.redriven, 'row')} redriven.`);
  if (counts.left > 0) terminal.say(`${countText(counts.left, 'row')} left: only --pay-again submits them anew.`);
  if (counts.moved > 0) terminal.say(`${countText(counts.moved, 'row')} not dead-lettered (any more).`);
  return texts.length > 0 && counts.redriven === 0 ? EXIT.usage : EXIT.ok;
};

/** At most as many rows at once as the rate allows in a second, and none before their turn. */
const stepOf = ({ clock }: CommandContext, rate: number | undefined) => {
  if (rate === undefined) return {};
  const begun = clock.monotonic();
  const pause = async (done: number): Promise<void> => {
    const waitMs = begun + (done / rate) * 1_000 - clock.monotonic();
    if (waitMs > 0) await clock.wait(waitMs, NEVER);
  };
  return { step: { size: Math.max(1, Math.min(ROWS_AT_ONCE, Math.floor(rate))), pause } };
};

const questionOf = (count: number, stays: number, payAgain: boolean): { do: string; know: string } => ({
  do: `redrive ${countText(count, 'row')}`,
  know: [
    ...(stays > 0 && !payAgain ? [` ${numberText(stays)} of them need --pay-again and will be left.`] : []),
    ...(payAgain ? [' What was, or may have been, paid for without a picture is paid for a second time.'] : []),
  ].join(''),
});

const nameOf = (record: { batch: string; request: { custom_id: string } }): string =>
  printable(`${record.batch}/${record.request.custom_id}`);

const say = ({ terminal }: CommandContext, answer: RedriveAnswer): void => {
  if (answer.kind === 'redriven')
    terminal.data(`${answer.record.id}  ${nameOf(answer.record)}  ${planText(answer.plan)}`);
  else if (answer.kind === 'left')
    terminal.data(`${answer.record.id}  ${nameOf(answer.record)}  left, needs --pay-again: ${answer.reason}`);
  else terminal.say(`${answer.id} is not dead-lettered: it is ${answer.status}.`);
};

const answerJson = (answer: RedriveAnswer): object => {
  if (answer.kind === 'moved') return { id: answer.id, outcome: 'moved', status: answer.status };
  const { id, batch, request } = answer.record;
  const row = { id, batch, custom_id: request.custom_id };
  return answer.kind === 'left'
    ? { ...row, outcome: 'left', reason: answer.reason }
    : { ...row, outcome: 'redriven', stage: answer.plan.stage, pays: answer.plan.pays };
};
