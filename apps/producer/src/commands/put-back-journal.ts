// Gives tasks back from a worker's log to rows of a Redis that has forgotten them.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { readJournalLine } from '@outpaint/shared/record/journal';
import { type PutBackDeps, putBack, type SubmitOfRow } from '@outpaint/shared/record/put-back';

export interface JournalResult {
  /** Answers of paid calls in the log. */
  readonly answers: number;
  readonly restored: readonly string[];
  /** Rows that Redis does not know: run their manifests again, then this once more. */
  readonly missing: readonly string[];
}

/** `-` reads stdin. Safe to repeat: rows that know as much are left as they are. Throws `usage_wrong` for no such file. */
export const putBackJournal = async (deps: PutBackDeps, path: string): Promise<JournalResult> => {
  const newest = new Map<string, SubmitOfRow>();
  let answers = 0;
  const input = path === '-' ? process.stdin : createReadStream(path);
  try {
    for await (const line of createInterface({ input })) {
      const submit = readJournalLine(line);
      if (submit === null) continue;
      answers += 1;
      const known = newest.get(submit.id);
      if (known === undefined || known.at < submit.at) newest.set(submit.id, submit);
    }
  } catch (error) {
    throw new OutpaintError('usage_wrong', `The log ${path} cannot be read.`, { cause: error });
  }
  return { answers, ...(await putBack(deps, [...newest.values()])) };
};
