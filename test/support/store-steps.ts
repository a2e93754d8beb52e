// Takes rows through the stores step by step, as a worker would.
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import * as polling from '@outpaint/shared/lifecycle/moves/poll-moves';
import * as submitting from '@outpaint/shared/lifecycle/moves/submit-moves';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import { BATCH, LICENCE_TERMS, requestOf, type TestStores } from './stores.ts';

export const ENDS = { expiresAt: 1_900_000_000_000, yieldAt: 1_850_000_000_000 };

export const accept = async (t: TestStores, ...customIds: string[]): Promise<ExpansionId[]> => {
  await t.batches.open(BATCH, {});
  const answers = await t.batches.accept(
    BATCH,
    customIds.map((id) => requestOf(id)),
  );
  return answers.map((answer) => answer.id);
};

export const read = async (t: TestStores, id: ExpansionId): Promise<ExpansionRecord> => {
  const record = await t.records.read(id);
  if (record === null) throw new Error(`no record ${id}`);
  return record;
};

export const license = async (t: TestStores, id: ExpansionId, caller = `licence-${id}`): Promise<string> => {
  t.time.now += LICENCE_TERMS.submitGapMs;
  const answer = await t.records.licence(await read(t, id), LICENCE_TERMS, caller);
  if (answer.kind !== 'granted') throw new Error(`not granted: ${JSON.stringify(answer)}`);
  return caller;
};

export const submitted = async (t: TestStores, id: ExpansionId): Promise<void> => {
  const licence = await license(t, id);
  const o = { kind: 'submitted', licence, taskId: `task-${id}` as never, requestId: null } as const;
  await t.records.apply(await read(t, id), submitting.toSubmitted(o, 1_000), `c1-${id}`);
};

export const generated = async (t: TestStores, id: ExpansionId): Promise<void> => {
  await submitted(t, id);
  const o = { kind: 'generated', resultUrl: 'https://x.aliyuncs.com/r.jpg', imageCount: 1 } as const;
  await t.records.apply(await read(t, id), polling.toGenerated(await read(t, id), o, 1_000, ENDS), `c2-${id}`);
};
