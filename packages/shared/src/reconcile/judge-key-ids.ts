// Learns under which id the account lists each key of ours: from listed tasks that a record of ours has. Pure.
import type { ListedTask } from '../upstream/list.ts';

/** A key that is listed under two ids is left out: something is other than we think. */
export const judgeKeyIds = (
  listed: readonly Pick<ListedTask, 'taskId' | 'apiKeyId'>[],
  known: ReadonlyMap<string, { readonly keyName: string | null }>,
): ReadonlyMap<string, string> => {
  const seen = new Map<string, Set<string>>();
  for (const { taskId, apiKeyId } of listed) {
    const keyName = known.get(taskId)?.keyName ?? null;
    if (keyName === null || apiKeyId === null) continue;
    seen.set(keyName, (seen.get(keyName) ?? new Set()).add(apiKeyId));
  }
  return new Map([...seen].flatMap(([name, ids]) => (ids.size === 1 ? [[name, [...ids][0] as string]] : [])));
};
