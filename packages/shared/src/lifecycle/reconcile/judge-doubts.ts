// Compares submits whose answer was lost with tasks of which no record knows, and says what is certain. Pure.
import { forcedOwners, GROUP_MAX } from './forced-owners.ts';
import { candidateEdges, groupsOf } from './groups.ts';
import { type OpenSubmit, settleAt } from './open-submit.ts';
import {
  type Evidence,
  type HoldReason,
  type Judgement,
  type ReconcileTerms,
  spanHolds,
  type UnknownTask,
  type Verdict,
} from './verdict.ts';
import { isOfKey, madeSpan, quietSpan } from './windows.ts';

/** What is known of one submit after all comparisons. */
interface Finding {
  task: { readonly task: UnknownTask; readonly by: 'request_id' | 'window' } | null;
  candidates: readonly UnknownTask[];
  reason: HoldReason | null;
  /** A submit whose answer may still come could be the owner: look again before anybody is asked. */
  flying: boolean;
}

/**
 * Never adopts on likelihood: a task is adopted where its submit's request id names it, or where every way to give each
 * unknown task of our keys an owner gives it to this doubt. A submit still flying, and one released earlier, count as
 * possible owners. A release needs a complete list, read after the settle moment, without anything it might have made.
 */
export const judgeDoubts = (evidence: Evidence, terms: ReconcileTerms): Judgement => {
  const findings = new Map<OpenSubmit, Finding>(
    evidence.submits.map((submit) => [submit, { task: null, candidates: [], reason: null, flying: false }]),
  );
  const claimed = new Set<UnknownTask>();
  const duplicates: { task: UnknownTask; submits: readonly OpenSubmit[] }[] = [];

  const named = byRequestId(evidence);
  for (const [task, submit] of named) {
    claimed.add(task);
    if (submit.kind === 'doubt') (findings.get(submit) as Finding).task = { task, by: 'request_id' };
    if (submit.kind === 'released') duplicates.push({ task, submits: [submit] });
  }
  const settled = new Set(named.values());
  const submits = evidence.submits.filter((submit) => !settled.has(submit));
  const tasks = evidence.tasks.filter((task) => !claimed.has(task));
  const edges = candidateEdges(submits, tasks, evidence);

  for (const group of groupsOf(submits, tasks, edges)) {
    for (const task of group.tasks) claimed.add(task);
    const flying = group.submits.some((submit) => submit.kind === 'flying');
    const reason = uncertainty(group.submits, group.tasks, evidence, terms);
    const mayOwn = group.tasks.map((task) => group.submits.flatMap((s, i) => (edges.get(s)?.has(task) ? [i] : [])));
    const forced = reason === null ? forcedOwners(mayOwn, group.submits.length) : null;
    for (const [i, submit] of group.submits.entries()) {
      const finding = findings.get(submit) as Finding;
      if (forced?.without.has(i)) continue;
      finding.flying = flying;
      finding.candidates = group.tasks.filter((task) => edges.get(submit)?.has(task));
      finding.reason = reason ?? (forced === null ? 'contradiction' : 'ambiguous');
    }
    for (const [t, task] of group.tasks.entries()) {
      const owner = forced?.owners.get(t);
      const owners = owner === undefined ? (mayOwn[t] ?? []) : [owner];
      const possible = owners.map((i) => group.submits[i] as OpenSubmit);
      if (owner !== undefined && possible[0]?.kind === 'doubt')
        (findings.get(possible[0]) as Finding).task = { task, by: 'window' };
      // Its own window was empty when it was released.
      const released = possible.filter((submit) => submit.kind === 'released');
      if (released.length === possible.length) duplicates.push({ task, submits: released });
    }
  }

  const orphans = tasks.filter((task) => !claimed.has(task));
  const strangers: UnknownTask[] = [];
  for (const task of orphans) {
    const late = submits.filter((submit) => submit.kind === 'released' && mayBeLate(submit, task, evidence, terms));
    if (late.length > 0) duplicates.push({ task, submits: late });
    else if (!submits.some((s) => s.kind !== 'released' && isNear(s, task, evidence, terms))) strangers.push(task);
  }
  const verdicts = evidence.submits
    .filter((submit) => submit.kind === 'doubt')
    .map((submit) => verdictOf(submit, findings.get(submit) as Finding, orphans, evidence, terms));
  return { verdicts, duplicates, strangers: strangers.filter((task) => isOfOurs(task, evidence)) };
};

/** A request id is the submit's own: it settles at once, whoever else uses the key. */
const byRequestId = ({ submits, tasks }: Evidence): Map<UnknownTask, OpenSubmit> => {
  const found = new Map<UnknownTask, OpenSubmit>();
  for (const submit of submits) {
    if (submit.requestId === null) continue;
    const same = tasks.filter((task) => task.requestId === submit.requestId);
    const [task] = same;
    if (same.length === 1 && task !== undefined && !found.has(task)) found.set(task, submit);
  }
  return found;
};

/** Why a group cannot be reasoned about by counting; null where every task in it surely has its owner in it. */
const uncertainty = (
  submits: readonly OpenSubmit[],
  tasks: readonly UnknownTask[],
  { keyIds }: Evidence,
  terms: ReconcileTerms,
): HoldReason | null => {
  if (!terms.dedicated) return 'shared_key';
  const isOurs = (task: UnknownTask): boolean =>
    task.apiKeyId !== null && submits.some((s) => s.keyName !== null && keyIds.get(s.keyName) === task.apiKeyId);
  if (!tasks.every(isOurs) || submits.some((s) => s.keyName === null || !keyIds.has(s.keyName)))
    return 'own_key_unknown';
  if (tasks.some((task) => task.createdAt === null)) return 'ambiguous';
  return submits.length > GROUP_MAX || tasks.length > GROUP_MAX ? 'ambiguous' : null;
};

const verdictOf = (
  submit: OpenSubmit,
  finding: Finding,
  orphans: readonly UnknownTask[],
  evidence: Evidence,
  terms: ReconcileTerms,
): Verdict => {
  if (finding.task !== null) return { kind: 'adopt', submit, ...finding.task };
  const late = orphans.filter((task) => isNear(submit, task, evidence, terms));
  const candidates = [...finding.candidates, ...late];
  const wait = (reason: Extract<Verdict, { kind: 'wait' }>['reason']): Verdict => ({
    kind: 'wait',
    submit,
    reason,
    candidates,
  });
  if (evidence.readAt < settleAt(submit, terms)) return wait('settling');
  const quiet = quietSpan(submit, evidence.offset, terms);
  if (quiet.from < evidence.readAt + evidence.offset.hi - terms.listedMs)
    return { kind: 'hold', submit, reason: 'too_old', candidates };
  if (!evidence.listed.some((span) => spanHolds(span, quiet))) return wait('list_incomplete');
  if (finding.reason !== null) {
    return finding.flying ? wait('others_flying') : { kind: 'hold', submit, reason: finding.reason, candidates };
  }
  if (late.length > 0)
    return { kind: 'hold', submit, reason: terms.dedicated ? 'late_task' : 'shared_key', candidates };
  return { kind: 'release', submit };
};

/** Whether a task that no window claims stands so near that it forbids to call this submit not made. */
const isNear = (submit: OpenSubmit, task: UnknownTask, evidence: Evidence, terms: ReconcileTerms): boolean => {
  if (!isOfKey(submit, task, evidence.keyIds)) return false;
  if (task.createdAt === null) return true;
  const { from, to } = quietSpan(submit, evidence.offset, terms);
  return from <= task.createdAt && task.createdAt <= to;
};

/** With a dedicated key every task of it is one of ours, however late; otherwise only one near in time is suspect. */
const mayBeLate = (submit: OpenSubmit, task: UnknownTask, evidence: Evidence, terms: ReconcileTerms): boolean => {
  if (!isOfKey(submit, task, evidence.keyIds)) return false;
  if (!terms.dedicated || submit.keyName === null || !evidence.keyIds.has(submit.keyName))
    return isNear(submit, task, evidence, terms);
  return task.createdAt === null || task.createdAt >= madeSpan(submit, evidence.offset).from;
};

const isOfOurs = (task: UnknownTask, { keyIds }: Evidence): boolean =>
  task.apiKeyId !== null && [...keyIds.values()].includes(task.apiKeyId);
