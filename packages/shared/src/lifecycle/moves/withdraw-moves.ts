// Transitions of a row whose batch is cancelled while its task waits upstream.
import type { ExpansionRecord } from '../record.ts';
import type { Transition } from '../transition.ts';

/** Before the call: a task that is found CANCELED afterwards was withdrawn by us, though nobody lived to see the answer. */
export const toWithdrawing = (record: ExpansionRecord): Transition => ({
  name: 'withdrawing',
  from: ['submitted'],
  to: 'submitted',
  hop: record.hop,
  set: { withdraw: 'asked' },
  keep_watch: true,
});

/** The task runs or has ended: it is paid for, finished and delivered. */
export const toNotWithdrawn = (record: ExpansionRecord): Transition => ({
  name: 'not_withdrawn',
  from: ['submitted'],
  to: 'submitted',
  hop: record.hop,
  set: { withdraw: 'refused' },
  keep_watch: true,
});

/** Upstream never began with it, so nothing was billed. */
export const toWithdrawn = (record: ExpansionRecord): Transition => ({
  name: 'withdrawn',
  from: ['submitted'],
  to: 'cancelled',
  hop: record.hop,
  money: 'release',
});
