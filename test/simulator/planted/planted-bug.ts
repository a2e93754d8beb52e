// A bug put in on purpose: what it changes, and how soon the simulator has to find it.
import type { Policy } from '@outpaint/shared/lifecycle/policy';
import type { RecordStore } from '@outpaint/shared/record/record-store';
import type { ModelState } from '../model/model-state.ts';
import type { Stores } from '../world/lossy-stores.ts';
import type { SimulatedUpstream } from '../world/upstream.ts';

export interface PlantedBug {
  readonly name: string;
  /** The most seeds, from 1 on, after which it must have been found. */
  readonly seedsMax: number;
  /** The promises that may break by it; any other would be the simulator's own mistake. */
  readonly breaks: readonly string[];
  /** Between the store and everybody who uses it. */
  readonly records?: (inner: RecordStore, state: ModelState) => RecordStore;
  readonly queues?: (inner: Stores['queues']) => Stores['queues'];
  readonly upstream?: (inner: SimulatedUpstream) => SimulatedUpstream;
  /** Settings that are not true, or not safe. */
  readonly policy?: Partial<Policy>;
  /** Stages run whatever the record says. */
  readonly ignoresStatus?: true;
  /** The bucket is not asked whether something is there. */
  readonly conditionalPut?: false;
}
