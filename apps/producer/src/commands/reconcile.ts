// `outpaint reconcile`: settles doubts by the account's list of tasks, and lets a person decide the rest.
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import type { Command } from 'commander';
import type { Decided, Decision } from '../desk/doubt-desk.ts';
import { DECIDE_HINT, doubtText, strangersText, suspectText } from '../desk/doubt-text.ts';
import type { Stores } from '../stores/open-stores.ts';
import { countText } from '../terminal/count-text.ts';
import { printable } from '../terminal/printable.ts';
import { doubtJson } from '../view/doubt-json.ts';
import type { CommandContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { expansionOf } from './expansion-of.ts';
import { helpAfter } from './help-text.ts';
import { oneMore } from './one-more.ts';
import { createOutput, withJsonOption } from './output.ts';
import { journal } from './reconcile-journal.ts';
import { withStores } from './with-stores.ts';

interface ReconcileOptions {
  readonly adopt?: readonly string[];
  readonly release?: readonly string[];
  readonly giveUp?: readonly string[];
  readonly seen?: readonly string[];
  readonly journal?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export const addReconcileCommand = (program: Command, context: CommandContext): void => {
  withJsonOption(program.command('reconcile'))
    .description("settle submits in doubt by the account's list of tasks; what it cannot tell, a person decides")
    .option('--adopt <id=task>', 'this task is of this row: poll and deliver it (may be repeated)', oneMore)
    .option('--release <id>', 'this row made no task: submit it anew, which may pay twice (may be repeated)', oneMore)
    .option('--give-up <id>', 'dead-letter this row as perhaps paid (may be repeated)', oneMore)
    .option('--seen <task>', 'take this task off the list of suspected duplicates (may be repeated)', oneMore)
    .option('--journal <file>', "give tasks in a worker's log back to rows that Redis has forgotten; - reads stdin")
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      helpAfter(
        ['reconcile', 'reconcile --adopt spring/sku-1042=8f1c2d3e-task', 'reconcile --release spring/sku-1042 --yes'],
        [0, 2, 5, 6],
      ),
    )
    .action((options: ReconcileOptions) =>
      withStores(context, async (stores) => {
        if (options.journal !== undefined) return journal(context, stores, options.journal, options);
        const decisions = decisionsOf(options);
        const isDecision = decisions.length > 0 || (options.seen ?? []).length > 0;
        context.end(await (isDecision ? decide(context, stores, decisions, options) : pass(context, stores, options)));
      }),
    );
};

const decisionsOf = (options: ReconcileOptions): Decision[] => [
  ...(options.adopt ?? []).map((text): Decision => {
    // The last one: a custom_id may hold an equals sign, a task's id cannot.
    const at = text.lastIndexOf('=');
    if (at <= 0 || at === text.length - 1)
      throw new OutpaintError('usage_wrong', `--adopt takes ID=TASK, not ${JSON.stringify(text)}.`);
    return { kind: 'adopt', id: text.slice(0, at), taskId: text.slice(at + 1) };
  }),
  ...(options.release ?? []).map((id): Decision => ({ kind: 'release', id })),
  ...(options.giveUp ?? []).map((id): Decision => ({ kind: 'give_up', id })),
];

const DOUBTS_SHOWN_MAX = 1_000;

const openDoubts = async ({ doubts, records }: Stores): Promise<ExpansionRecord[]> => {
  const { doubts: ids } = await doubts.open(await records.now(), 86_400_000);
  return (await records.readMany(ids.slice(0, DOUBTS_SHOWN_MAX))).filter(
    (record) => record?.status === 'in_doubt',
  ) as ExpansionRecord[];
};

const withDesk = async <T>(
  context: CommandContext,
  stores: Stores,
  work: (desk: Awaited<ReturnType<typeof import('../desk/doubt-desk.ts')['openDoubtDesk']>>) => Promise<T>,
): Promise<T> => {
  const { openDoubtDesk } = await import('../desk/doubt-desk.ts');
  const desk = await openDoubtDesk(context.env, stores);
  try {
    return await work(desk);
  } finally {
    await desk.close();
  }
};

const pass = (context: CommandContext, stores: Stores, options: ReconcileOptions): Promise<ExitCode> =>
  withDesk(context, stores, async (desk) => {
    const { terminal } = context;
    const report = await desk.pass(new AbortController().signal);
    const [left, suspects] = await Promise.all([openDoubts(stores), stores.doubts.suspects()]);
    const settled = report.doubts.filter(({ moved }) => ['adopted', 'released', 'dead_lettered'].includes(moved));
    const held = left.filter((record) => record.holdReason !== null);
    createOutput(terminal, options).result(
      {
        settled: settled.map(({ record, verdict, moved }) => ({
          ...doubtJson(record),
          state: moved,
          task_id: verdict.kind === 'adopt' ? verdict.task.taskId : null,
        })),
        open: left.map(doubtJson),
        suspected_duplicates: suspects,
        strangers: report.strangers,
        failed: report.failed,
      },
      () =>
        [
          ...settled.map(
            ({ record, verdict, moved }) =>
              `${record.id}  ${moved}${verdict.kind === 'adopt' ? ` ${verdict.task.taskId} (by its ${verdict.by === 'window' ? 'time' : 'request id'})` : ''}`,
          ),
          ...left.map(doubtText),
          ...(suspects.length === 0 ? [] : ['Suspected duplicates, perhaps paid twice:', ...suspects.map(suspectText)]),
        ].join('\n') || 'Nothing is in doubt.',
    );
    if (report.strangers > 0) terminal.say(strangersText(report.strangers));
    if (held.length > 0) terminal.say(DECIDE_HINT);
    if (report.failed !== null) {
      terminal.say(`The account's list could not be read: ${report.failed}. Doubts wait until it can be.`);
      return EXIT.unreachable;
    }
    return held.length > 0 ? EXIT.inDoubt : EXIT.ok;
  });

const SAID: Readonly<Record<Decided, string>> = {
  adopted: 'adopted: polled and delivered by the workers',
  released: 'released: submitted anew by the workers',
  given_up: 'given up: dead-lettered as perhaps paid',
  moved_on: 'not in doubt (any more): nothing was done',
  taken: 'nothing was done: that task belongs to another row',
  task_unknown: 'nothing was done: the API does not know that task',
  upstream_failed: 'nothing was done: the API could not be asked for that task',
};
const DONE: readonly Decided[] = ['adopted', 'released', 'given_up'];

const decide = (
  context: CommandContext,
  stores: Stores,
  decisions: readonly Decision[],
  options: ReconcileOptions,
): Promise<ExitCode> =>
  withDesk(context, stores, async (desk) => {
    const { terminal } = context;
    const rows: { decision: Decision; record: ExpansionRecord }[] = [];
    for (const decision of decisions) rows.push({ decision, record: await expansionOf(stores, decision.id) });
    if (options.json !== true) for (const { record } of rows) terminal.say(doubtText(record));
    if (rows.length > 0 && options.yes !== true && !(await isWanted(context, rows))) {
      terminal.say('Nothing was decided.');
      return EXIT.usage;
    }
    const done: { id: string; outcome: Decided }[] = [];
    for (const { decision, record } of rows) {
      const isDoubt = record.status === 'in_doubt';
      const outcome = isDoubt ? await desk.decide(record, decision, new AbortController().signal) : 'moved_on';
      done.push({ id: record.id, outcome });
    }
    const seen: string[] = [];
    const unknown: string[] = [];
    for (const taskId of options.seen ?? [])
      ((await stores.doubts.forgetSuspect(taskId)) ? seen : unknown).push(taskId);
    createOutput(terminal, options).result({ decided: done, seen }, () =>
      [
        ...done.map(({ id, outcome }) => `${id}  ${SAID[outcome]}`),
        ...seen.map((taskId) => `${taskId}  no longer suspected`),
      ].join('\n'),
    );
    for (const taskId of unknown) terminal.say(`${printable(taskId)} is not among the suspected duplicates.`);
    if (done.some(({ outcome }) => outcome === 'upstream_failed')) return EXIT.unreachable;
    return unknown.length === 0 && done.every(({ outcome }) => DONE.includes(outcome)) ? EXIT.ok : EXIT.usage;
  });

const isWanted = async ({ terminal }: CommandContext, rows: readonly { decision: Decision }[]): Promise<boolean> => {
  const releases = rows.filter(({ decision }) => decision.kind === 'release').length;
  const paying = releases > 0 ? ` ${countText(releases, 'row')} may be paid for a second time.` : '';
  const question = `Decide ${countText(rows.length, 'doubt')} so?${paying}`;
  if (terminal.asks) return terminal.ask(question);
  terminal.say(`${question} There is nobody to ask here: confirm with --yes.`);
  return false;
};
