// A worker is frozen for longer than its lock and the rescue margin, at each point of the way, and woken: it changes nothing.

import { toRetriedSubmit } from '@outpaint/shared/lifecycle/moves/submit-moves';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import { licenceLua } from '@outpaint/shared/record/scripts/licence';
import { describe, expect, it } from 'vitest';
import { expectNothingTwice, FROZEN, type FreezePoint, freezeAt, recordRead } from '../support/freeze-scene.ts';
import { digest } from '../support/kill-scene.ts';
import { recordOf } from '../support/row-story.ts';
import type { Stack } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

const delivered = ({ status }: ExpansionRecord): boolean => status === 'delivered';
const taken = ({ status }: ExpansionRecord): boolean => status !== 'submitting';
const is = async (stack: Stack, what: (record: ExpansionRecord) => boolean): Promise<void> => {
  await waitFor('the row', async () => what(await recordOf(stack, FROZEN)));
};

/** What reconciling does once upstream's list shows no task: the row is submitted anew under another licence. */
const releaseDoubt = async (stack: Stack): Promise<void> => {
  const record = await recordOf(stack, FROZEN);
  const failure = { code: 'worker_lost', class: 'in_doubt', message: 'nothing listed' } as const;
  await stack.records.apply(record, toRetriedSubmit(record.licence ?? '', failure, 0, null), 'released');
  await is(stack, delivered);
};

const POINTS: Record<string, FreezePoint> = {
  'before it asks for the licence': {
    stage: 'submit',
    at: { redis: () => ({ text: digest(licenceLua), when: 'before' }) },
    meanwhile: delivered,
  },
  'between the licence and the POST, until its doubt was released and another worker has paid': {
    stage: 'submit',
    at: { redis: () => ({ text: digest(licenceLua), when: 'after' }) },
    meanwhile: taken,
    lockStands: true,
    beforeWaking: releaseDoubt,
  },
  'while the API has its POST': { stage: 'submit', at: { held: 'submit' }, meanwhile: taken },
  'between the answer and its record': {
    stage: 'submit',
    at: { redis: () => ({ text: '"name":"submitted"', when: 'before' }) },
    meanwhile: taken,
  },
  'in a poll': { stage: 'poll', at: { held: 'query' }, meanwhile: delivered },
};

const DELIVERING: Record<string, FreezePoint & { puts: number }> = {
  'in a download': { stage: 'deliver', at: { held: 'result' }, meanwhile: delivered, puts: 0 },
  'between the download and the look at the record before the put': {
    stage: 'deliver',
    at: { redis: (stack) => ({ ...recordRead(2)(stack), when: 'before' }) },
    meanwhile: delivered,
    lockStands: true,
    puts: 0,
  },
  'while its put is under way': {
    stage: 'deliver',
    at: { store: 'PUT' },
    meanwhile: delivered,
    puts: 1,
  },
  'between the put and its record': {
    stage: 'deliver',
    at: { redis: () => ({ text: '"name":"delivered"', when: 'before' }) },
    meanwhile: delivered,
    puts: 1,
  },
};

describe('a worker frozen', { timeout: 120_000 }, () => {
  it.each(Object.entries(POINTS))('%s and woken pays for nothing and ends nothing twice', async (_when, point) => {
    await expectNothingTwice(await freezeAt(point));
  });

  it.each(Object.entries(DELIVERING))('%s and woken leaves one object and one ending', async (_when, point) => {
    const story = await freezeAt(point);
    await expectNothingTwice(story);
    expect(story.puts).toBe(point.puts);
  });
});
