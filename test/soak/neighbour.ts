// Somebody else who submits tasks of the same account, with our key or another, where the key is not ours alone.
import { seededChance } from '@outpaint/sandbox/picture/seeded-chance';
import type { ApiTime } from './api-time.ts';
import { sourceOf } from './contenders/contender.ts';
import { later } from './later.ts';
import { NEIGHBOUR_KEY, OWN_KEY } from './world.ts';

export interface Neighbour {
  /** Resolves to how many tasks it has submitted. */
  stop(): Promise<number>;
}

const GAP_S = 6;
const ANSWER_MS_MAX = 5_000;

/** About one task for each dozen of ours; whatever it is answered, it goes on. */
export const startNeighbour = (o: { baseUrl: string; t: ApiTime; seed: string }): Neighbour => {
  const stopped = new AbortController();
  let made = 0;
  const submit = async (n: number): Promise<void> => {
    const key = seededChance(o.seed, 'neighbour', n) < 0.5 ? OWN_KEY : NEIGHBOUR_KEY;
    const answer = await fetch(`${o.baseUrl}/services/aigc/image2image/out-painting`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'x-dashscope-async': 'enable' },
      body: JSON.stringify({
        model: 'image-out-painting',
        input: { image_url: sourceOf(`neighbour-${n}`) },
        parameters: { x_scale: 1.5 },
      }),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    if (answer.ok) made += 1;
    await answer.arrayBuffer();
  };
  const loop = async (): Promise<void> => {
    for (let n = 1; !stopped.signal.aborted; n += 1) {
      await submit(n).catch(() => undefined);
      await later(o.t(GAP_S));
    }
  };
  const looping = loop();
  return {
    stop: async () => {
      stopped.abort();
      await looping;
      return made;
    },
  };
};
