// `outpaint dead-letter purge`: forgets dead-lettered rows and their letters. What was counted and reported of them stays.
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import { type Command, Option } from 'commander';
import { ROWS_AT_ONCE } from '../desk/in-step.ts';
import { type PurgeAnswer, type PurgeTerms, purgeRows } from '../desk/purge-rows.ts';
import type { Stores } from '../stores/open-stores.ts';
import { countText, numberText } from '../terminal/count-text.ts';
import type { CommandContext } from './context.ts';
import { type SelectionOptions, selectedIds, withSelectionOptions } from './dead-selection.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { durationOption } from './moment-option.ts';
import { createOutput, withRowOptions } from './output.ts';
import { isWanted } from './wanted.ts';
import { withStores } from './with-stores.ts';

interface PurgeOptions extends SelectionOptions {
  readonly olderThan?: number;
  readonly paid?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly ndjson?: boolean;
}

type Counts = Record<PurgeAnswer['kind'], number>;

export const addDeadLetterPurgeCommand = (desk: Command, context: CommandContext): void => {
  withRowOptions(withSelectionOptions(desk.command('purge')))
    .description('forget dead-lettered rows and their letters; their report and the counts of their batch stay')
    .addOption(
      new Option('--older-than <time>', 'what died longer ago, such as 30d')
        .argParser(durationOption)
        .conflicts('until'),
    )
    .option('--paid', 'also rows whose picture was, or may have been, paid for: nobody can fetch it afterwards')
    .addHelpText(
      'after',
      helpAfter(
        [
          'dead-letter purge --older-than 30d',
          'dead-letter purge --batch spring --code InvalidParameter.ImageContent --yes',
        ],
        [0, 2, 5],
      ),
    )
    .action((ids: string[], options: PurgeOptions) =>
      withStores(context, async (stores) => context.end(await purge(context, stores, ids, options))),
    );
};

/** Safe to repeat after any ending: what is gone is not met again. */
const purge = async (
  context: CommandContext,
  stores: Stores,
  texts: readonly string[],
  { olderThan, ...options }: PurgeOptions,
): Promise<ExitCode> => {
  const { terminal } = context;
  const selection = olderThan === undefined ? options : { ...options, until: { ms: olderThan } };
  const ids = await selectedIds(stores, texts, selection);
  const alsoPaid = options.paid === true;
  const outlook = await run(context, stores, ids, { alsoPaid, look: true }, () => undefined);
  const question = {
    do: `forget ${countText(outlook.purged, 'row')}`,
    know: `${leftText(outlook)}${outlook.purged > 0 ? ' A manifest that holds them would make them anew.' : ''}`,
  };
  if (outlook.purged > 0 && !(await isWanted(terminal, question, options))) {
    terminal.say('Nothing was forgotten.');
    return EXIT.usage;
  }
  const output = createOutput(terminal, options);
  const counts = await run(context, stores, ids, { alsoPaid, look: false }, ({ id, kind }) =>
    output.event('row', { id, outcome: kind }),
  );
  output.result(counts, () => '');
  terminal.say(`${countText(counts.purged, 'row')} forgotten.${leftText(counts)}`);
  return texts.length > 0 && counts.purged === 0 ? EXIT.usage : EXIT.ok;
};

const run = async (
  { terminal }: CommandContext,
  stores: Stores,
  ids: readonly ExpansionId[],
  terms: PurgeTerms,
  see: (answer: PurgeAnswer) => void,
): Promise<Counts> => {
  const counts: Counts = { purged: 0, paid: 0, unreported: 0, letter_due: 0, moved: 0 };
  let done = 0;
  for await (const answer of purgeRows(stores, ids, terms)) {
    counts[answer.kind] += 1;
    done += 1;
    see(answer);
    if (done % ROWS_AT_ONCE === 0)
      terminal.progress(`${numberText(done)} of ${countText(ids.length, 'row')} ${terms.look ? 'looked at' : 'done'}`);
  }
  return counts;
};

const leftText = ({ paid, unreported, letter_due: due, moved }: Counts): string =>
  [
    ...(paid > 0 ? [` ${numberText(paid)} left: paid for, or perhaps; only --paid forgets them.`] : []),
    ...(unreported > 0 ? [` ${numberText(unreported)} left: no report tells of them yet.`] : []),
    ...(due > 0 ? [` ${numberText(due)} left: their letter is about to be written.`] : []),
    ...(moved > 0 ? [` ${numberText(moved)} not dead-lettered (any more).`] : []),
  ].join('');
