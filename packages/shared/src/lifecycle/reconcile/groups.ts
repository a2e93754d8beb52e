// Which submits may have made which tasks, and which of them hang together. Pure.
import type { OpenSubmit } from './open-submit.ts';
import type { Evidence, UnknownTask } from './verdict.ts';
import { isOfKey, madeSpan } from './windows.ts';

export type Edges = ReadonlyMap<OpenSubmit, ReadonlySet<UnknownTask>>;

export interface Group {
  readonly submits: readonly OpenSubmit[];
  readonly tasks: readonly UnknownTask[];
}

export const candidateEdges = (
  submits: readonly OpenSubmit[],
  tasks: readonly UnknownTask[],
  { offset, keyIds }: Pick<Evidence, 'offset' | 'keyIds'>,
): Edges => {
  const edges = new Map<OpenSubmit, Set<UnknownTask>>();
  for (const submit of submits) {
    const { from, to } = madeSpan(submit, offset);
    const near = tasks.filter(
      (task) =>
        isOfKey(submit, task, keyIds) && (task.createdAt === null || (from <= task.createdAt && task.createdAt <= to)),
    );
    if (near.length > 0) edges.set(submit, new Set(near));
  }
  return edges;
};

/** The connected parts of the graph, without what has no edge. */
export const groupsOf = (
  submits: readonly OpenSubmit[],
  tasks: readonly UnknownTask[],
  edges: Edges,
): readonly Group[] => {
  const ownersOf = new Map<UnknownTask, OpenSubmit[]>(tasks.map((task) => [task, []]));
  for (const [submit, near] of edges) for (const task of near) ownersOf.get(task)?.push(submit);
  const seen = new Set<OpenSubmit>();
  const groups: Group[] = [];
  for (const first of submits) {
    if (seen.has(first) || !edges.has(first)) continue;
    const group = { submits: [first], tasks: new Set<UnknownTask>() };
    seen.add(first);
    // Grows while it is walked.
    for (const submit of group.submits) {
      for (const task of edges.get(submit) ?? []) {
        if (group.tasks.has(task)) continue;
        group.tasks.add(task);
        for (const other of ownersOf.get(task) ?? []) {
          if (seen.has(other)) continue;
          seen.add(other);
          group.submits.push(other);
        }
      }
    }
    groups.push({ submits: group.submits, tasks: [...group.tasks] });
  }
  return groups;
};
