// `outpaint reconcile --journal`: tasks in a worker's log go back to rows of a Redis that has forgotten them.
import { randomBytes } from 'node:crypto';
import type { Stores } from '../stores/open-stores.ts';
import { countText } from '../terminal/count-text.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-code.ts';
import { createOutput } from './output.ts';
import { type JournalResult, putBackJournal } from './put-back-journal.ts';
import { settingsOf } from './settings-of.ts';

/** By then the token that was added has been taken, or the sweeper adds another. */
const WATCH_MS = 60_000;

export const journal = async (
  context: CommandContext,
  { records, queues }: Pick<Stores, 'records' | 'queues'>,
  path: string,
  options: { readonly json?: boolean },
): Promise<void> => {
  const { price } = settingsOf(context.env, ['price']);
  const newCaller = (): string => randomBytes(9).toString('base64url');
  const deps = { records, queues, newCaller, watchMs: WATCH_MS, priceMicro: Number(price.pricePerImage) };
  const result = await putBackJournal(deps, path);
  createOutput(context.terminal, options).result(result, () => journalText(result));
  context.end(EXIT.ok);
};

const journalText = ({ answers, restored, missing }: JournalResult): string => {
  const said = `${countText(answers, 'answer')} in the log, ${countText(restored.length, 'task')} given back.`;
  return missing.length === 0
    ? said
    : `${said} ${countText(missing.length, 'row')} unknown to this Redis: run the manifests again, then this once more.`;
};
