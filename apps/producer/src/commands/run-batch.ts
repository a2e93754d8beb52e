// The part of `run` that needs Redis: compare with what is known, open, accept, seal, follow.
import type { BatchOptions } from '@outpaint/shared/batch/batch';
import type { Settings } from '@outpaint/shared/config/settings';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { type Acceptance, acceptRows } from '../accept/accept-rows.ts';
import { type Conflicts, conflictLine, findConflicts } from '../accept/conflicts.ts';
import type { CheckedRow } from '../manifest/check-rows.ts';
import type { Stores } from '../stores/open-stores.ts';
import { countText, numberText } from '../terminal/count-text.ts';
import { printable } from '../terminal/printable.ts';
import { batchJson } from '../view/batch-json.ts';
import type { CommandContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { listenForInterrupts } from './interrupts.ts';
import { momentAhead } from './moment-option.ts';
import { createOutput } from './output.ts';
import { revivalOf } from './revival.ts';
import type { RunOptions } from './run.ts';
import { letGo, watchToEnd } from './watch.ts';

export interface BatchRun {
  readonly context: CommandContext;
  readonly stores: Pick<Stores, 'batches' | 'records' | 'memoryUse' | 'setHours'>;
  readonly price: Settings<'price'>['price'];
  readonly name: BatchName;
  readonly path: string;
  /** The checked rows from the first; each call reads anew. */
  readonly rows: () => AsyncIterable<CheckedRow>;
  readonly options: RunOptions;
  /** Where the rows are that were left out; null where there are none. */
  readonly badRowsPath: string | null;
}

/** Safe to repeat after any ending: rows that are known cost nothing again. */
export const runBatch = async (run: BatchRun): Promise<ExitCode> => {
  const { context, stores, name, options } = run;
  const { batches } = stores;
  const before = await batches.read(name);
  if (before !== null && (before.run === 'cancelled' || before.run === 'cancelling')) {
    throw new OutpaintError(
      'batch_cancelled',
      `The batch ${name} was cancelled and takes no rows: use another name with --batch.`,
    );
  }
  if (before !== null && before.rows > 0) {
    const conflicts = await findConflicts(stores.records, run.rows());
    if (conflicts.rows > 0 && options.keepGoing !== true) return refuse(run, conflicts, null);
  }
  const interrupts = listenForInterrupts(context);
  try {
    await batches.open(name, {
      ...limitsOf(options),
      ...(before === null ? { currency: run.price.priceCurrency } : {}),
      ...(options.priority === undefined ? {} : { weight: options.priority }),
    });
    await keepHours(run);
    const acceptance = await acceptRows(stores, name, run.rows(), interrupts.first, ({ accepted, existing }) =>
      context.terminal.progress(`${name}: ${numberText(accepted + existing)} rows accepted`),
    );
    const facts = { manifest: { path: run.path, ...acceptanceJson(acceptance), bad_rows: run.badRowsPath } };
    const output = createOutput(context.terminal, options);
    output.event('accepted', { batch: name, ...facts.manifest });
    context.terminal.say(acceptedText(name, acceptance));
    const parts = { context, batches, output, interrupts };
    if (!acceptance.complete) {
      context.terminal.say('Stopped before the end of the manifest: the same command goes on where this one stopped.');
      return await letGo(parts, name, facts);
    }
    await batches.seal(name);
    if (acceptance.conflicts.rows > 0 && options.keepGoing !== true)
      return await refuse(run, acceptance.conflicts, acceptance);
    await revive(run);
    if (options.detach !== true) return await watchToEnd(parts, name, facts);
    const batch = await batches.read(name);
    output.result(
      { ...facts, ended: null, exit_code: EXIT.ok, batch: batch === null ? null : batchJson(batch) },
      () => `${name}: the workers go on with it. Follow it with: outpaint batch watch ${name}`,
    );
    return EXIT.ok;
  } finally {
    interrupts.stop();
  }
};

/** Before the first row is accepted, so that none is submitted too early. */
const keepHours = async ({ stores, name, options }: BatchRun): Promise<void> => {
  const { notBefore, maxDuration: lengthMs } = options;
  if (notBefore === undefined && lengthMs === undefined) return;
  const from = notBefore === undefined ? undefined : momentAhead(notBefore, await stores.records.now());
  await stores.setHours(name, { notBefore: from, lengthMs });
};

export const limitsOf = (options: Pick<RunOptions, 'budget' | 'maxFailures'>): BatchOptions => ({
  ...(options.budget === undefined ? {} : { budgetMicro: options.budget }),
  ...options.maxFailures,
});

const acceptanceJson = ({ accepted, existing, refused, conflicts }: Acceptance) => ({
  accepted,
  existing,
  bad: refused,
  conflicts: conflicts.rows,
});

const acceptedText = (name: BatchName, { accepted, existing, refused, conflicts }: Acceptance): string =>
  [
    `${countText(accepted, 'row')} accepted into ${name}`,
    ...(existing > 0 ? [`${numberText(existing)} accepted earlier, which cost nothing again`] : []),
    ...(refused + conflicts.rows > 0 ? [`${numberText(refused + conflicts.rows)} left out`] : []),
  ].join(' · ');

const refuse = async (run: BatchRun, conflicts: Conflicts, acceptance: Acceptance | null): Promise<ExitCode> => {
  const { terminal } = run.context;
  for (const conflict of conflicts.first) terminal.say(printable(conflictLine(conflict)));
  if (conflicts.rows > conflicts.first.length)
    terminal.say(`and ${countText(conflicts.rows - conflicts.first.length, 'more row')}`);
  terminal.say(
    acceptance === null
      ? `${countText(conflicts.rows, 'row')} cannot be accepted, so nothing was. --keep-going accepts the others.`
      : `${countText(conflicts.rows, 'row')} could not be accepted: another program accepted the same names at the same time.`,
  );
  const counts = acceptance === null ? { accepted: 0, conflicts: conflicts.rows } : acceptanceJson(acceptance);
  createOutput(terminal, run.options).result(
    { ended: null, exit_code: EXIT.usage, manifest: { path: run.path, ...counts }, conflicts: conflicts.first },
    () => '',
  );
  return EXIT.usage;
};

const revive = async ({ context, stores: { batches }, price, name, options }: BatchRun): Promise<void> => {
  const batch = await batches.read(name);
  if (batch === null) return;
  const given = { budget: options.budget !== undefined, failures: options.maxFailures !== undefined };
  const revival = revivalOf(batch, given, price.pricePerImage);
  const goesOn =
    revival === 'resume' ||
    (revival === 'ask' &&
      context.terminal.asks &&
      (await context.terminal.ask(`${name} was paused by a person. Resume it?`)));
  if (goesOn && (await batches.resume(name))) context.terminal.say(`${name} was paused and goes on.`);
};
