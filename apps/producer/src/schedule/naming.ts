// What a slot is called elsewhere: its batch, its manifest. Pure.
import { createHash } from 'node:crypto';
import { type BatchName, isBatchName } from '@outpaint/shared/contract/ids';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { firesSeveralTimesADay } from './civil-slots.ts';

/** A run that a person asked for is named by the second: `2026-11-24T14:03:17`, which no slot is, for cron knows minutes. */
export const isRunNow = (slot: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(slot);

/** `nightly-2026-11-24`; with the time where a date has several slots, and to the second for a run in between. */
export const batchNameOfSlot = (schedule: string, cron: string, slot: string): BatchName => {
  const [date = '', time = ''] = slot.split('T');
  const withTime = isRunNow(slot) || firesSeveralTimesADay(cron);
  const name = withTime ? `${schedule}-${date}-${time.replaceAll(':', '')}` : `${schedule}-${date}`;
  if (isBatchName(name)) return name;
  throw new OutpaintError('schedule_invalid', `${name} cannot be the name of a batch.`);
};

const PLACEHOLDERS = ['date', 'yyyy', 'mm', 'dd', 'hh', 'minute'] as const;

/** Throws `schedule_invalid` for a placeholder that nobody knows. */
export const manifestOfSlot = (template: string, slot: string): string => {
  const [date = '', time = ''] = slot.split('T');
  const [yyyy = '', mm = '', dd = ''] = date.split('-');
  const [hh = '', minute = ''] = time.split(':');
  const values: Readonly<Record<string, string>> = { date, yyyy, mm, dd, hh, minute };
  return template.replace(/\{([^{}]*)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value !== undefined) return value;
    throw new OutpaintError(
      'schedule_invalid',
      `${whole} in the manifest's address is not known: use ${PLACEHOLDERS.map((known) => `{${known}}`).join(', ')}.`,
    );
  });
};

/** Always the same for the same slot, so that every machine agrees; spread evenly over [0, jitterMs). */
export const jitterOf = (schedule: string, slot: string, jitterMs: number): number =>
  jitterMs === 0
    ? 0
    : Number(createHash('sha256').update(`${schedule}\0${slot}`).digest().readBigUInt64BE() % BigInt(jitterMs));
