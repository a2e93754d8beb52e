// `outpaint dead-letter redrive`: dead-lettered rows go on from the stage that they reached, so that nothing is paid twice.
import { randomBytes } from 'node:crypto';
import { policyOf } from '@outpaint/shared/config/policy-of';
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import type { Policy } from '@outpaint/shared/lifecycle/policy';
import type { Command } from 'commander';
import { deadRows } from '../desk/dead-rows.ts';
import { planText, redrivePlan } from '../desk/redrive-plan.ts';
import { type RedriveAnswer, redriveRows } from '../desk/redrive-rows.ts';
import type { Stores } from '../stores/open-stores.ts';
import { countText, numberText } from '../terminal/count-text.ts';
import { printable } from '../terminal/printable.ts';
import type { CommandContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { expansionOf } from './expansion-of.ts';
import { helpAfter } from './help-text.ts';
import { knownBatch } from './known-batch.ts';
import { createOutput, withJsonOption } from './output.ts';
import { POLICY_PARTS, settingsOf } from './settings-of.ts';
import { withStores } from './with-stores.ts';

export interface RedriveOptions {
  readonly code?: string;
  readonly batch?: string;
  readonly all?: boolean;
  readonly payAgain?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Which rows a selection means is settled before anything moves, so their ids are held: some 60 MB for a million. */
const ROWS_MAX = 1_000_000;
const ROWS_IN_JSON_MAX = 10_000;

export const addDeadLetterRedriveCommand = (desk: Command, context: CommandContext): void => {
  withJsonOption(desk.command('redrive'))
    .description('take dead-lettered rows back to work, from the stage that they reached')
    .argument('[ids...]', 'expansion ids or BATCH/CUSTOM_ID')
    .option('--code <code>', 'all that died of this code')
    .option('--batch <name>', 'all of this batch')
    .option('--all', 'all there are')
    .option('--pay-again', 'also submit anew what was, or may have been, paid for: costs one more picture each')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      helpAfter(
        [
          'dead-letter redrive spring/sku-1042',
          'dead-letter redrive --code InternalError.Algo --yes',
          'dead-letter redrive --batch spring --pay-again',
        ],
        [0, 2, 5],
      ),
    )
    .action((ids: string[], options: RedriveOptions) =>
      withStores(context, async (stores) => context.end(await redrive(context, stores, ids, options))),
    );
};

/** Asks where rows move or pay again. Throws `usage_wrong` where it is not said which rows. */
export const redrive = async (
  context: CommandContext,
  stores: Stores,
  texts: readonly string[],
  options: RedriveOptions,
): Promise<ExitCode> => {
  const { terminal } = context;
  const policy = policyOf(settingsOf(context.env, POLICY_PARTS));
  const payAgain = options.payAgain === true;
  const { ids, stays } = await select(stores, texts, options, policy);
  if (ids.length > 0 && !(await isWanted(context, ids.length, stays, texts, options))) {
    terminal.say('Nothing was redriven.');
    return EXIT.usage;
  }
  const counts = { redriven: 0, left: 0, moved: 0 };
  const rows: object[] = [];
  const newCaller = (): string => `redrive-${randomBytes(9).toString('base64url')}`;
  for await (const answer of redriveRows(stores, ids, { payAgain, policy, newCaller })) {
    counts[answer.kind] += 1;
    if (options.json !== true) say(context, answer);
    else if (rows.length < ROWS_IN_JSON_MAX) rows.push(answerJson(answer));
  }
  createOutput(terminal, options).result({ ...counts, rows }, () => '');
  terminal.say(`${countText(counts.redriven, 'row')} redriven.`);
  if (counts.left > 0) terminal.say(`${countText(counts.left, 'row')} left: only --pay-again submits them anew.`);
  if (counts.moved > 0) terminal.say(`${countText(counts.moved, 'row')} not dead-lettered (any more).`);
  return texts.length > 0 && counts.redriven === 0 ? EXIT.usage : EXIT.ok;
};

interface Selection {
  readonly ids: readonly ExpansionId[];
  /** How many of them would be left without --pay-again. */
  readonly stays: number;
}

const select = async (
  stores: Stores,
  texts: readonly string[],
  options: RedriveOptions,
  policy: Policy,
): Promise<Selection> => {
  const { code, batch, all } = options;
  const ways = [texts.length > 0, code !== undefined || batch !== undefined, all === true].filter(Boolean).length;
  if (ways !== 1) {
    throw new OutpaintError(
      'usage_wrong',
      'Say which rows: ids, or --code and --batch, or --all (one of the three). outpaint dead-letter list shows them.',
    );
  }
  if (texts.length > 0) {
    const ids = new Set<ExpansionId>();
    for (const text of texts) ids.add((await expansionOf(stores, text)).id);
    return { ids: [...ids], stays: 0 };
  }
  if (batch !== undefined) await knownBatch(stores.batches, batch);
  const ids: ExpansionId[] = [];
  let stays = 0;
  for await (const record of deadRows(
    stores,
    { ...(code === undefined ? {} : { code }), ...(batch === undefined ? {} : { batch }) },
    ROWS_MAX,
  )) {
    ids.push(record.id);
    if (redrivePlan(record, false, policy).kind === 'left') stays += 1;
  }
  return { ids, stays };
};

/** One explicit id is wish enough, unless it pays again. */
const isWanted = async (
  { terminal }: CommandContext,
  count: number,
  stays: number,
  texts: readonly string[],
  options: RedriveOptions,
): Promise<boolean> => {
  if (options.yes === true || (texts.length === 1 && options.payAgain !== true)) return true;
  const paying =
    options.payAgain === true
      ? ' What was, or may have been, paid for without a picture is paid for a second time.'
      : '';
  const staying =
    stays > 0 && options.payAgain !== true ? ` ${numberText(stays)} of them need --pay-again and will be left.` : '';
  if (terminal.asks) return terminal.ask(`Redrive ${countText(count, 'row')}?${staying}${paying}`);
  terminal.say(
    `This would redrive ${countText(count, 'row')}.${staying}${paying} There is nobody to ask here: confirm with --yes.`,
  );
  return false;
};

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
