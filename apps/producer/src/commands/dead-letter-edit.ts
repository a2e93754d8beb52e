// `outpaint dead-letter edit`: another source or other parameters, so that a redrive makes another picture than the one that failed.
import { policyOf } from '@outpaint/shared/config/policy-of';
import { sentenceOf } from '@outpaint/shared/contract/problem';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import type { Command } from 'commander';
import { type DeadRecord, isDead } from '../desk/dead-rows.ts';
import { type EditedRow, editRow } from '../desk/edit-row.ts';
import { type EditAnswer, editRows } from '../desk/edit-rows.ts';
import { type EditWish, editOf } from '../desk/edit-wish.ts';
import { ROWS_AT_ONCE } from '../desk/in-step.ts';
import { readShape } from '../manifest/row-shape.ts';
import type { Stores } from '../stores/open-stores.ts';
import { countText, numberText } from '../terminal/count-text.ts';
import { printable } from '../terminal/printable.ts';
import type { CommandContext } from './context.ts';
import { type SelectionOptions, selectedIds, withSelectionOptions } from './dead-selection.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { oneMore } from './one-more.ts';
import { createOutput, withRowOptions } from './output.ts';
import { POLICY_PARTS, settingsOf } from './settings-of.ts';
import { isWanted } from './wanted.ts';
import { withStores } from './with-stores.ts';

interface EditOptions extends SelectionOptions {
  readonly set?: readonly string[];
  readonly source?: string;
  readonly sourcePrefix?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly ndjson?: boolean;
}

const PROBLEMS_SHOWN_MAX = 20;

export const addDeadLetterEditCommand = (desk: Command, context: CommandContext): void => {
  withRowOptions(withSelectionOptions(desk.command('edit')))
    .description('change source or parameters of dead-lettered rows; redrive then submits them so')
    .option(
      '--set <parameter=value>',
      'a parameter, such as output_ratio=1:1; once for each. Parameters of another mode make room for it',
      oneMore,
    )
    .option('--source <address>', 'another source; {custom_id} in it stands for that of each row')
    .option(
      '--source-prefix <old=new>',
      'what sources begin with, such as http://=https://; others are left as they are',
    )
    .addHelpText(
      'after',
      helpAfter(
        [
          'dead-letter edit spring/sku-1042 --set output_ratio=1:1',
          'dead-letter edit spring/sku-1042 --source https://cdn.example.com/1042-b.jpg',
          'dead-letter edit --code InvalidParameter.FileDownload --source-prefix http://=https:// --yes',
        ],
        [0, 2, 5],
      ),
    )
    .action((ids: string[], options: EditOptions) =>
      withStores(context, async (stores) => context.end(await edit(context, stores, ids, options))),
    );
};

const wrong = (message: string): OutpaintError => new OutpaintError('usage_wrong', message);

/** Throws `usage_wrong` or, for a parameter, `manifest_mapping_invalid`. */
const wishOf = ({ set = [], source, sourcePrefix }: EditOptions): EditWish => {
  if (source !== undefined && sourcePrefix !== undefined) throw wrong('Give --source or --source-prefix, not both.');
  if (set.length === 0 && source === undefined && sourcePrefix === undefined)
    throw wrong('Say what is to change: --set, --source or --source-prefix.');
  const at = sourcePrefix?.indexOf('=') ?? 1;
  if (at < 1) throw wrong('--source-prefix is written <old>=<new>, such as http://=https://.');
  return {
    set: readShape([], set).defaults,
    source,
    sourcePrefix:
      sourcePrefix === undefined ? undefined : { from: sourcePrefix.slice(0, at), to: sourcePrefix.slice(at + 1) },
  };
};

interface Outlook {
  readonly counts: { edited: number; same: number; paid: number; wrong: number };
  readonly problems: string[];
  /** Rows that would have the same source as another one. */
  readonly sources: Set<string>;
}

/** What would come of it, before anything is changed. */
const look = (outlook: Outlook, record: DeadRecord, edited: EditedRow): void => {
  outlook.counts[edited.kind] += 1;
  if (edited.kind === 'edited') outlook.sources.add(edited.request.source);
  if (edited.kind === 'wrong' && outlook.problems.length < PROBLEMS_SHOWN_MAX)
    outlook.problems.push(`${nameOf(record)}: ${edited.problems.map(sentenceOf).join(' ')}`);
};

const edit = async (
  context: CommandContext,
  stores: Stores,
  texts: readonly string[],
  options: EditOptions,
): Promise<ExitCode> => {
  const { terminal } = context;
  const wish = wishOf(options);
  const policy = policyOf(settingsOf(context.env, POLICY_PARTS));
  const outlook: Outlook = { counts: { edited: 0, same: 0, paid: 0, wrong: 0 }, problems: [], sources: new Set() };
  const see = (record: DeadRecord): void =>
    look(outlook, record, editRow(record, editOf(record.request, wish), policy));
  const ids = await selectedIds(stores, texts, options, see);
  if (texts.length > 0) for (const record of await stores.records.readMany(ids)) if (isDead(record)) see(record);
  const { counts, problems, sources } = outlook;
  if (wish.source !== undefined && counts.edited > 1 && sources.size === 1)
    throw wrong(
      `All ${counts.edited} rows would have one and the same source: put {custom_id} into it, or use --source-prefix.`,
    );
  if (counts.wrong > 0) {
    for (const line of problems) terminal.say(line);
    terminal.say(`${countText(counts.wrong, 'row')} could not be submitted so: nothing was changed.`);
    return EXIT.usage;
  }
  const question = { do: `change ${countText(counts.edited, 'row')}`, know: keptText(counts) };
  if (counts.edited > 0 && texts.length !== 1 && !(await isWanted(terminal, question, options))) {
    terminal.say('Nothing was changed.');
    return EXIT.usage;
  }
  return apply(context, editRows(stores, ids, wish, policy), ids.length, options);
};

const apply = async (
  { terminal }: CommandContext,
  answers: AsyncIterable<EditAnswer>,
  total: number,
  options: EditOptions,
): Promise<ExitCode> => {
  const counts = { edited: 0, same: 0, paid: 0, wrong: 0, moved: 0 };
  const output = createOutput(terminal, options);
  let done = 0;
  for await (const answer of answers) {
    counts[answer.kind] += 1;
    done += 1;
    output.event('row', answerJson(answer));
    if (answer.kind === 'edited' && total === 1)
      for (const { field, message } of answer.warnings) terminal.say(`warning: ${field} ${message}`);
    if (done % ROWS_AT_ONCE === 0) terminal.progress(`${numberText(done)} of ${countText(total, 'row')} looked at`);
  }
  output.result(counts, () => '');
  terminal.say(`${countText(counts.edited, 'row')} changed.${keptText(counts)}`);
  if (counts.moved > 0)
    terminal.say(`${countText(counts.moved, 'row')} not dead-lettered (any more), or changed by somebody else.`);
  if (counts.edited > 0) terminal.say('outpaint dead-letter redrive submits them so.');
  return counts.edited + counts.same > 0 || total === 0 ? EXIT.ok : EXIT.usage;
};

const keptText = ({ same, paid }: { readonly same: number; readonly paid: number }): string =>
  [
    ...(same > 0 ? [` ${numberText(same)} ask for that already.`] : []),
    ...(paid > 0 ? [` ${numberText(paid)} go on with a picture that is paid for and are left.`] : []),
  ].join('');

const nameOf = ({ batch, request }: DeadRecord): string => printable(`${batch}/${request.custom_id}`);

const answerJson = (answer: EditAnswer): object => {
  if (answer.kind === 'moved') return { id: answer.id, outcome: 'moved' };
  const { id, batch, request } = answer.record;
  const row = { id, batch, custom_id: request.custom_id, outcome: answer.kind };
  return answer.kind === 'edited' ? { ...row, changed: answer.fields } : row;
};
