// One pass of reconciling: read the account's list around each doubt, judge, and move what is certain.
import type { ExpansionId } from '../contract/ids.ts';
import type { Policy } from '../lifecycle/policy.ts';
import { judgeDoubts } from '../lifecycle/reconcile/judge-doubts.ts';
import { type OpenSubmit, openSubmitOf, settleAt } from '../lifecycle/reconcile/open-submit.ts';
import type { ReconcileTerms, Span, Verdict } from '../lifecycle/reconcile/verdict.ts';
import { madeSpan, quietSpan } from '../lifecycle/reconcile/windows.ts';
import type { ExpansionRecord } from '../lifecycle/record.ts';
import type { DoubtStore, Suspect } from '../record/doubt-store.ts';
import type { RecordStore } from '../record/record-store.ts';
import type { OffsetBounds } from '../upstream/clock-offset.ts';
import type { Upstream } from '../upstream/create-upstream.ts';
import type { ListedTask } from '../upstream/list.ts';
import { judgeKeyIds } from './judge-key-ids.ts';
import { listSpan, mergedSpans } from './list-span.ts';
import { type MoveDeps, type Moved, moveDoubt } from './move-doubt.ts';

/** The API lists a day; ten minutes less, so that nothing leaves the list while it is read. */
export const LISTED_MS = 86_400_000 - 600_000;
/** Of what is watched for late tasks, at most so much is read by one pass; the next one goes on. */
const WATCH_SPAN_MS_MAX = 3_600_000;
/** The list may lag behind: the last minute is read again. */
const WATCH_AGAIN_MS = 60_000;

export interface PassDeps extends MoveDeps {
  readonly records: Pick<RecordStore, 'now' | 'readMany' | 'apply'>;
  readonly doubts: DoubtStore;
  readonly upstream: Pick<Upstream, 'list' | 'clockOffset'>;
  readonly policy: Policy;
}

export interface PassReport {
  /** One for each doubt that was looked at, with what became of it. */
  readonly doubts: readonly { readonly record: ExpansionRecord; readonly verdict: Verdict; readonly moved: Moved }[];
  /** Suspects that were not known before. */
  readonly suspects: readonly Suspect[];
  /** Tasks of our keys that no submit of ours can have made. */
  readonly strangers: number;
  /** The code with which the list could not be read; null if it could. */
  readonly failed: string | null;
}

const NOTHING: PassReport = { doubts: [], suspects: [], strangers: 0, failed: null };

/**
 * Harmless to run twice, also at once: every move compares what was judged. `isDue` leaves out doubts that need no look
 * now; they still count as possible owners of what is found. Rejects only with what Redis or `pace` throws.
 */
export const reconcilePass = async (
  deps: PassDeps,
  o: { readonly signal: AbortSignal; readonly isDue?: (record: ExpansionRecord) => boolean },
): Promise<PassReport> => {
  const { records, doubts, upstream, policy } = deps;
  const terms: ReconcileTerms = {
    dedicated: policy.keyDedicated,
    doubtSettleMs: policy.doubtSettleMs,
    listedMs: LISTED_MS,
  };
  const before = await doubts.open(await records.now(), LISTED_MS);
  const due = (await records.readMany(before.doubts)).filter(
    (record) => record?.status === 'in_doubt' && (o.isDue?.(record) ?? true),
  ) as ExpansionRecord[];
  if (due.length === 0 && before.released.length === 0) return NOTHING;
  if (before.wentBack) return { ...NOTHING, failed: 'redis_went_back' };

  const offset = await measuredOffset(deps, o.signal);
  const readAt = await records.now();
  const state = await doubts.state();
  if (typeof offset === 'string') {
    await doubts.keepState({ ...state, at: readAt, failed: offset });
    return { ...NOTHING, failed: offset };
  }
  const watch = watchSpan(before.released, state.mark, readAt, offset);
  const spans = mergedSpans([
    ...due.flatMap((record) => spanOf(record, policy, terms, readAt, offset)),
    ...(watch === null ? [] : [watch]),
  ]);
  const listed = new Map<string, ListedTask>();
  const covered: Span[] = [];
  let failed: string | null = null;
  for (const span of spans) {
    const list = await listSpan(upstream, span, readAt + offset.lo, o.signal);
    for (const task of list.tasks) listed.set(task.taskId, task);
    if (list.covered !== null) covered.push(list.covered);
    failed ??= list.failed;
  }

  // In this order: a submit that made a listed task is then seen as open, or its task is known.
  const ids = await doubts.open(readAt, LISTED_MS);
  if (ids.wentBack) return { ...NOTHING, failed: 'redis_went_back' };
  const open = await openRecords(records, [...ids.doubts, ...ids.slots]);
  const submits = [...open.map((record) => openSubmitOf(record, policy)).filter((s) => s !== null), ...ids.released];
  const known = await doubts.knownTasks([...listed.keys()]);
  const learned = judgeKeyIds([...listed.values()], known);
  await doubts.learnKeyIds(learned);
  const keyIds = new Map([...(await doubts.keyIds()), ...learned]);

  const tasks = [...listed.values()].filter(({ taskId }) => !known.has(taskId));
  const judged = judgeDoubts({ submits, tasks, readAt, listed: covered, offset, keyIds }, terms);
  const byId = new Map(open.map((record) => [record.id as string, record]));
  const dueIds = new Set(due.map(({ id }) => id as string));
  const moved: PassReport['doubts'][number][] = [];
  for (const verdict of judged.verdicts) {
    const record = byId.get(verdict.submit.id);
    if (record === undefined || !(dueIds.has(record.id) || verdict.kind === 'adopt')) continue;
    moved.push({ record, verdict, moved: await moveDoubt(deps, record, verdict) });
  }

  const suspects: Suspect[] = [];
  for (const { task, submits: of } of judged.duplicates) {
    const suspect: Suspect = {
      task_id: task.taskId,
      expansion_ids: of.map(({ id }) => id),
      why: 'listed',
      created_at: task.createdAt,
      found_at: readAt,
    };
    if (await doubts.suspect(suspect)) suspects.push(suspect);
  }
  const isWatched = watch !== null && covered.some((span) => span.from <= watch.from && span.to >= watch.to - 3_000);
  const strangers = policy.keyDedicated ? judged.strangers.length : 0;
  await doubts.keepState({ at: readAt, mark: isWatched ? watch.to : state.mark, strangers, failed });
  return { doubts: moved, suspects, strangers, failed };
};

/** What must be listed to judge this doubt now; nothing where it can only wait. */
const spanOf = (
  record: ExpansionRecord,
  policy: Policy,
  terms: ReconcileTerms,
  now: number,
  offset: OffsetBounds,
): Span[] => {
  const submit = openSubmitOf(record, policy);
  if (submit === null) return [];
  const quiet = quietSpan(submit, offset, terms);
  if (quiet.from < now + offset.hi - LISTED_MS) return [];
  // Before the settle moment only a task that can be adopted is worth the queries.
  if (now >= settleAt(submit, terms)) return [quiet];
  return terms.dedicated || submit.requestId !== null ? [madeSpan(submit, offset)] : [];
};

const watchSpan = (
  released: readonly OpenSubmit[],
  mark: number | null,
  now: number,
  offset: OffsetBounds,
): Span | null => {
  if (released.length === 0) return null;
  const first = Math.min(...released.map((submit) => madeSpan(submit, offset).from));
  const oldest = now + offset.hi - LISTED_MS;
  const from = Math.max(oldest, mark === null ? first : Math.max(first, mark - WATCH_AGAIN_MS));
  const to = Math.min(now + offset.lo, from + WATCH_SPAN_MS_MAX);
  return from < to ? { from, to } : null;
};

/** Every answer tells upstream's time; before the first one a page of the list is asked for. A text is why there is none. */
const measuredOffset = async ({ upstream }: PassDeps, signal: AbortSignal): Promise<OffsetBounds | string> => {
  const answer = await upstream.list({ signal, pageSize: 1 });
  const bounds = upstream.clockOffset();
  if (answer.kind === 'failed') return answer.failure.code;
  return bounds ?? 'upstream_without_date';
};

const openRecords = async (
  records: PassDeps['records'],
  ids: readonly ExpansionId[],
): Promise<readonly ExpansionRecord[]> => {
  const unique = [...new Set(ids)];
  return (await records.readMany(unique)).filter((record) => record !== null);
};
