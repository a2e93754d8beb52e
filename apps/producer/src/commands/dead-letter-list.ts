// `outpaint dead-letter list`: how many of each code with what to do about it and an example, then the newest ones.
import { explain } from '@outpaint/shared/errors/classify';
import { type Command, Option } from 'commander';
import { type DeadFilter, deadIds, deadRows } from '../desk/dead-rows.ts';
import type { Stores } from '../stores/open-stores.ts';
import { inColumns } from '../terminal/columns.ts';
import { countText, numberText } from '../terminal/count-text.ts';
import { printable } from '../terminal/printable.ts';
import { timeText } from '../terminal/time-text.ts';
import { type DeadLetterJson, deadRowJson, intakeLetterJson } from '../view/dead-letter-json.ts';
import type { CommandContext } from './context.ts';
import { type FilterOptions, filterOf, withFilterOptions } from './dead-selection.ts';
import { EXIT } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { limitOption } from './limit-option.ts';
import { createOutput } from './output.ts';
import { withStores } from './with-stores.ts';

interface ListOptions extends FilterOptions {
  readonly limit: number;
  readonly json?: boolean;
  readonly ndjson?: boolean;
}

const LIMIT_MAX = 10_000;
/** Of a batch each row is asked for its code: a million are counted in some seconds. */
const LOOKS_MAX = 1_000_000;
/** Malformed intake jobs all have this code. */
const INTAKE_CODE = 'request_invalid';

export const addDeadLetterListCommand = (desk: Command, context: CommandContext): void => {
  withFilterOptions(desk.command('list'))
    .description('counts by code with meaning, remedy and an example, then the newest letters')
    .option('--limit <n>', 'how many letters are listed', limitOption(LIMIT_MAX), 20)
    .addOption(new Option('--json', 'answer with one JSON object on stdout').conflicts('ndjson'))
    .addOption(new Option('--ndjson', 'write codes and letters as JSON lines on stdout'))
    .addHelpText(
      'after',
      helpAfter(
        [
          'dead-letter list',
          'dead-letter list --since 24h',
          'dead-letter list --batch spring --code InternalError.Algo --json',
        ],
        [0, 2, 5],
      ),
    )
    .action((options: ListOptions) =>
      withStores(context, async (stores) => {
        const filter = await filterOf(stores, options);
        const { groups, letters, complete } = await collect(stores, filter, options.limit);
        const total = [...groups.values()].reduce((sum, { count }) => sum + count, 0);
        const codes = [...groups]
          .sort(([, a], [, b]) => b.count - a.count)
          .map(([code, { count, example }]) => ({ code, count, ...explain(code), example }));
        const output = createOutput(context.terminal, options);
        for (const code of codes) output.event('code', code);
        for (const letter of letters) output.event('letter', letter);
        output.result(output.streams ? { total, complete } : { total, complete, codes, letters }, () =>
          listText(codes, letters, total),
        );
        if (total === 0) context.terminal.say('There are no dead letters here.');
        if (!complete)
          context.terminal.say(`Only the newest ${numberText(LOOKS_MAX)} dead-lettered rows were looked at.`);
        context.end(EXIT.ok);
      }),
    );
};

interface Group {
  count: number;
  /** The newest one. */
  example: DeadLetterJson | null;
}

interface Collected {
  readonly groups: ReadonlyMap<string, Group>;
  readonly letters: readonly DeadLetterJson[];
  /** False where there were too many rows to count those of one batch. */
  readonly complete: boolean;
}

const collect = async (stores: Stores, filter: DeadFilter, limit: number): Promise<Collected> => {
  const letters: DeadLetterJson[] = [];
  const { groups, complete } = filter.batch === undefined ? await byIndex(stores, filter) : await byRow(stores, filter);
  for await (const record of deadRows(stores, filter, filter.batch === undefined ? limit : LOOKS_MAX)) {
    letters.push(deadRowJson(record));
    if (letters.length === limit) break;
  }
  // A malformed intake job was never accepted, so no batch can claim it.
  if (filter.batch === undefined && (filter.code ?? INTAKE_CODE) === INTAKE_CODE)
    await addIntake(stores, filter, limit, groups, letters);
  return { groups, letters: newest(letters, limit), complete };
};

type Groups = { readonly groups: Map<string, Group>; readonly complete: boolean };

/** Each code has a list of its own, so that counting costs the same however many there are. */
const byIndex = async (stores: Stores, { code, ...range }: DeadFilter): Promise<Groups> => {
  const groups = new Map<string, Group>();
  for (const known of Object.keys(await stores.dead.codes())) {
    if (code !== undefined && known !== code) continue;
    const count = await stores.dead.count({ code: known, ...range });
    if (count > 0) groups.set(known, { count, example: await exampleOf(stores, { code: known, ...range }) });
  }
  return { groups, complete: true };
};

/** The rows of a batch stand together, whatever they died of. */
const byRow = async (stores: Stores, { code, ...scope }: DeadFilter): Promise<Groups> => {
  const groups = new Map<string, Group>();
  for await (const ids of deadIds(stores.dead, scope, LOOKS_MAX)) {
    const first = new Map<string, number>();
    for (const [i, died] of (await stores.dead.codesOf(ids)).entries()) {
      if (died === null || (code !== undefined && died !== code)) continue;
      const group = groups.get(died);
      if (group !== undefined) group.count += 1;
      else {
        groups.set(died, { count: 1, example: null });
        first.set(died, i);
      }
    }
    for (const [died, i] of first) {
      const [record] = await stores.records.readMany(ids.slice(i, i + 1));
      const group = groups.get(died);
      if (group !== undefined && record?.status === 'dead_lettered')
        group.example = deadRowJson({ ...record, status: 'dead_lettered' });
    }
  }
  return { groups, complete: (await stores.dead.count(scope)) <= LOOKS_MAX };
};

const exampleOf = async (stores: Stores, filter: DeadFilter): Promise<DeadLetterJson | null> => {
  for await (const record of deadRows(stores, filter, 1)) return deadRowJson(record);
  return null;
};

const addIntake = async (
  stores: Stores,
  { since, until }: DeadFilter,
  limit: number,
  groups: Map<string, Group>,
  letters: DeadLetterJson[],
): Promise<void> => {
  const count = await stores.intakeLetters.count({ since, until });
  if (count === 0) return;
  const malformed = (await stores.intakeLetters.list({ offset: 0, limit, since, until })).map(({ letterId, letter }) =>
    intakeLetterJson(letterId, letter),
  );
  const known = groups.get(INTAKE_CODE);
  groups.set(INTAKE_CODE, {
    count: (known?.count ?? 0) + count,
    example: known?.example ?? malformed[0] ?? null,
  });
  letters.push(...malformed);
};

const newest = (letters: readonly DeadLetterJson[], limit: number): DeadLetterJson[] =>
  letters.toSorted((a, b) => b.dead_at.localeCompare(a.dead_at)).slice(0, limit);

const nameOf = ({ batch, custom_id }: DeadLetterJson): string =>
  batch === null ? '(intake)' : printable(`${batch}/${custom_id}`);

const exampleText = (example: DeadLetterJson): string =>
  `    such as ${nameOf(example)} at ${timeText(Date.parse(example.dead_at))}: ${printable(example.message).slice(0, 100)}`;

const listText = (
  codes: readonly { code: string; count: number; meaning: string; remedy: string; example: DeadLetterJson | null }[],
  letters: readonly DeadLetterJson[],
  total: number,
): string => {
  if (total === 0) return '';
  const groups = codes.flatMap(({ code, count, meaning, remedy, example }) => [
    `${numberText(count)} × ${printable(code)}`,
    `    ${meaning} ${remedy}`,
    ...(example === null ? [] : [exampleText(example)]),
  ]);
  const rows = letters.map((letter) => [
    timeText(Date.parse(letter.dead_at)),
    letter.id,
    nameOf(letter),
    `${letter.stage}: ${printable(letter.code)}`,
    printable(letter.message).slice(0, 100),
  ]);
  const rest = total - letters.length;
  return [...groups, '', ...inColumns(rows), ...(rest > 0 ? [`and ${countText(rest, 'older letter')}`] : [])].join(
    '\n',
  );
};
