import { describe, expect, it } from 'vitest';
import { judgeDoubts } from './judge-doubts.ts';
import type { OpenKind, OpenSubmit } from './open-submit.ts';
import type { UnknownTask } from './verdict.ts';

/** mulberry32: small, seeded, good enough to shuffle with. */
const seeded = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const T0 = 1_800_000_000_000;
const SETTLE = 600_000;

interface World {
  readonly submits: OpenSubmit[];
  readonly tasks: UnknownTask[];
  readonly offset: { lo: number; hi: number };
  /** By task, who really made it; nobody of ours where it is a stranger's. */
  readonly truth: ReadonlyMap<string, string | null>;
}

/** Submits close together, some of which made a task within their window, and for a shared key some strangers' tasks. */
const worldOf = (random: () => number, strangers: boolean): World => {
  const count = 1 + Math.floor(random() * 8);
  const trueOffset = Math.round((random() - 0.5) * 10_000);
  const truth = new Map<string, string | null>();
  const submits: OpenSubmit[] = [];
  const tasks: UnknownTask[] = [];
  const spread = 10 ** (3 + random() * 3);
  for (let i = 0; i < count; i += 1) {
    const sentFrom = T0 + Math.round(random() * spread);
    const sentTo = sentFrom + Math.round(random() * 30_000);
    const madeBy = sentTo + Math.round(random() * 10_000);
    const kinds: OpenKind[] = ['doubt', 'doubt', 'doubt', 'flying', 'released'];
    const kind = kinds[Math.floor(random() * kinds.length)] as OpenKind;
    const requestId = random() < 0.2 ? `request-${i}` : null;
    submits.push({
      id: `x${i}`,
      batch: 'b',
      licence: `l${i}`,
      kind,
      sentFrom,
      sentTo,
      madeBy,
      requestId,
      keyName: 'k',
    });
    if (random() < 0.5) {
      const createdAt = sentFrom + Math.round(random() * (madeBy - sentFrom)) + trueOffset;
      truth.set(`t${i}`, `x${i}`);
      tasks.push({ taskId: `t${i}`, status: 'RUNNING', requestId: `request-${i}`, createdAt, apiKeyId: '7' });
    }
  }
  for (let i = 0; strangers && i < 3; i += 1) {
    const createdAt = T0 + Math.round(random() * spread) + trueOffset;
    truth.set(`s${i}`, null);
    tasks.push({ taskId: `s${i}`, status: 'RUNNING', requestId: `stranger-${i}`, createdAt, apiKeyId: '7' });
  }
  const offset = { lo: trueOffset - Math.round(random() * 500), hi: trueOffset + Math.round(random() * 500) };
  return { submits, tasks, offset, truth };
};

const judged = (world: World, dedicated: boolean) =>
  judgeDoubts(
    {
      ...world,
      readAt: T0 + 3_000_000,
      listed: [{ from: T0 - 50_000_000, to: T0 + 50_000_000 }],
      keyIds: new Map([['k', '7']]),
    },
    { dedicated, doubtSettleMs: SETTLE, listedMs: 80_000_000 },
  );

describe.each([
  ['dedicated', true],
  ['shared', false],
] as const)('over 3,000 seeded worlds with a %s key', (_name, dedicated) => {
  it('no doubt adopts a task that it did not make, and none that made one is released', () => {
    const counts = { adopt: 0, release: 0, hold: 0, wait: 0 };
    for (let seed = 1; seed <= 3_000; seed += 1) {
      const world = worldOf(seeded(seed), !dedicated);
      for (const verdict of judged(world, dedicated).verdicts) {
        counts[verdict.kind] += 1;
        const own = [...world.truth].find(([, maker]) => maker === verdict.submit.id)?.[0] ?? null;
        if (verdict.kind === 'adopt') expect(verdict.task.taskId, `seed ${seed}`).toBe(own);
        if (verdict.kind === 'release') expect(own, `seed ${seed}`).toBeNull();
      }
    }
    // Not by holding everything.
    expect(counts.adopt).toBeGreaterThan(dedicated ? 1_500 : 200);
    expect(counts.release).toBeGreaterThan(dedicated ? 1_000 : 50);
  });
});
