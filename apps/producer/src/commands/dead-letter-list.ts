// `outpaint dead-letter list`: how many of each code with what to do about it, then the newest ones.
import { explain } from '@outpaint/shared/errors/classify';
import type { Command } from 'commander';
import { type DeadFilter, deadRows } from '../desk/dead-rows.ts';
import type { Stores } from '../stores/open-stores.ts';
import { inColumns } from '../terminal/columns.ts';
import { countText, numberText } from '../terminal/count-text.ts';
import { printable } from '../terminal/printable.ts';
import { timeText } from '../terminal/time-text.ts';
import { type DeadLetterJson, deadRowJson, intakeLetterJson } from '../view/dead-letter-json.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { knownBatch } from './known-batch.ts';
import { limitOption } from './limit-option.ts';
import { createOutput, withJsonOption } from './output.ts';
import { withStores } from './with-stores.ts';

type ListOptions = DeadFilter & { readonly limit: number; readonly json?: boolean };

const LIMIT_MAX = 10_000;
/** With --batch every row has to be looked at: so many of the newest, some seconds' work. */
const LOOKS_MAX = 100_000;
/** Malformed intake jobs all have this code. */
const INTAKE_CODE = 'request_invalid';

export const addDeadLetterListCommand = (desk: Command, context: CommandContext): void => {
  withJsonOption(desk.command('list'))
    .description('counts by code with meaning and remedy, then the newest letters')
    .option('--code <code>', 'only this code, such as InvalidParameter.ImageContent')
    .option('--batch <name>', 'only this batch')
    .option('--limit <n>', 'how many letters are listed', limitOption(LIMIT_MAX), 20)
    .addHelpText(
      'after',
      helpAfter(['dead-letter list', 'dead-letter list --batch spring --code InternalError.Algo --json'], [0, 2, 5]),
    )
    .action((options: ListOptions) =>
      withStores(context, async (stores) => {
        if (options.batch !== undefined) await knownBatch(stores.batches, options.batch);
        const { counts, letters, complete } = await collect(stores, options);
        const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
        const codes = [...counts]
          .sort(([, a], [, b]) => b - a)
          .map(([code, count]) => ({ code, count, ...explain(code) }));
        createOutput(context.terminal, options).result({ total, complete, codes, letters }, () =>
          listText(codes, letters, total),
        );
        if (total === 0) context.terminal.say('There are no dead letters here.');
        if (!complete)
          context.terminal.say(`Only the newest ${numberText(LOOKS_MAX)} dead-lettered rows were looked at.`);
        context.end(EXIT.ok);
      }),
    );
};

interface Collected {
  readonly counts: ReadonlyMap<string, number>;
  readonly letters: readonly DeadLetterJson[];
  /** False where there were too many rows to count those of one batch. */
  readonly complete: boolean;
}

const collect = async (stores: Stores, { code, batch, limit }: ListOptions): Promise<Collected> => {
  const filter: DeadFilter = { ...(code === undefined ? {} : { code }), ...(batch === undefined ? {} : { batch }) };
  const counts = new Map<string, number>();
  const letters: DeadLetterJson[] = [];
  if (batch === undefined) {
    for (const [known, n] of Object.entries(await stores.dead.codes()))
      if (code === undefined || known === code) counts.set(known, n);
    for await (const record of deadRows(stores, filter, limit)) letters.push(deadRowJson(record));
    // A malformed intake job was never accepted, so no batch can claim it.
    if (code === undefined || code === INTAKE_CODE) await addIntake(stores, limit, counts, letters);
    return { counts, letters: newest(letters, limit), complete: true };
  }
  for await (const record of deadRows(stores, filter, LOOKS_MAX)) {
    const known = record.deadCode ?? 'unknown';
    counts.set(known, (counts.get(known) ?? 0) + 1);
    if (letters.length < limit) letters.push(deadRowJson(record));
  }
  return { counts, letters, complete: (await stores.dead.count(code)) <= LOOKS_MAX };
};

const addIntake = async (
  stores: Stores,
  limit: number,
  counts: Map<string, number>,
  letters: DeadLetterJson[],
): Promise<void> => {
  const count = await stores.intakeLetters.count();
  if (count === 0) return;
  counts.set(INTAKE_CODE, (counts.get(INTAKE_CODE) ?? 0) + count);
  const malformed = await stores.intakeLetters.list({ offset: 0, limit });
  letters.push(...malformed.map(({ letterId, letter }) => intakeLetterJson(letterId, letter)));
};

const newest = (letters: readonly DeadLetterJson[], limit: number): DeadLetterJson[] =>
  letters.toSorted((a, b) => b.dead_at.localeCompare(a.dead_at)).slice(0, limit);

const listText = (
  codes: readonly { code: string; count: number; meaning: string; remedy: string }[],
  letters: readonly DeadLetterJson[],
  total: number,
): string => {
  if (total === 0) return '';
  const groups = codes.flatMap(({ code, count, meaning, remedy }) => [
    `${numberText(count)} × ${printable(code)}`,
    `    ${meaning} ${remedy}`,
  ]);
  const rows = letters.map((letter) => [
    timeText(Date.parse(letter.dead_at)),
    letter.id,
    letter.batch === null ? '(intake)' : printable(`${letter.batch}/${letter.custom_id}`),
    `${letter.stage}: ${printable(letter.code)}`,
    printable(letter.message).slice(0, 100),
  ]);
  const rest = total - letters.length;
  return [...groups, '', ...inColumns(rows), ...(rest > 0 ? [`and ${countText(rest, 'older letter')}`] : [])].join(
    '\n',
  );
};
