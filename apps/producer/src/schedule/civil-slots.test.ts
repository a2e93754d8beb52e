import { describe, expect, it, test } from 'vitest';
import {
  checkTimeZone,
  firesSeveralTimesADay,
  momentOf,
  nextSlots,
  nextTimeOfDay,
  readCron,
  slotsBetween,
} from './civil-slots.ts';

const at = (text: string): number => Date.parse(text);
const iso = (ms: number): string => new Date(ms).toISOString();
const slotsOf = (cron: string, zone: string, from: string, to: string): string[] =>
  slotsBetween(readCron(cron), zone, at(from), at(to), 1_000).map((slot) => `${slot.slot} ${iso(slot.at)}`);

describe('a slot that daylight saving skips fires as much later as the clock jumped', () => {
  it.each([
    [
      'Europe/Berlin',
      '30 2 * * *',
      '2026-03-28T12:00Z',
      '2026-03-29T12:00Z',
      '2026-03-29T02:30 2026-03-29T01:30:00.000Z',
    ],
    [
      'America/New_York',
      '30 2 * * *',
      '2026-03-07T12:00Z',
      '2026-03-08T12:00Z',
      '2026-03-08T02:30 2026-03-08T07:30:00.000Z',
    ],
    [
      'Australia/Lord_Howe',
      '15 2 * * *',
      '2026-10-03T00:00Z',
      '2026-10-04T00:00Z',
      '2026-10-04T02:15 2026-10-03T15:45:00.000Z',
    ],
  ])('%s, %s', (zone, cron, from, to, expected) => {
    expect(slotsOf(cron, zone, from, to)).toEqual([expected]);
  });
});

describe('a slot that comes twice fires once, the first time', () => {
  it.each([
    [
      'Europe/Berlin',
      '30 2 * * *',
      '2026-10-24T12:00Z',
      '2026-10-25T12:00Z',
      '2026-10-25T02:30 2026-10-25T00:30:00.000Z',
    ],
    [
      'America/New_York',
      '30 1 * * *',
      '2026-10-31T12:00Z',
      '2026-11-01T12:00Z',
      '2026-11-01T01:30 2026-11-01T05:30:00.000Z',
    ],
    [
      'Australia/Lord_Howe',
      '45 1 * * *',
      '2026-04-04T00:00Z',
      '2026-04-05T00:00Z',
      '2026-04-05T01:45 2026-04-04T14:45:00.000Z',
    ],
  ])('%s, %s', (zone, cron, from, to, expected) => {
    expect(slotsOf(cron, zone, from, to)).toEqual([expected]);
  });
});

test('a year of nights is a slot for each civil date, none twice, in zones with and without daylight saving', () => {
  for (const zone of ['Europe/Berlin', 'America/New_York', 'Asia/Shanghai', 'Australia/Lord_Howe', 'Pacific/Apia']) {
    const slots = slotsBetween(readCron('30 2 * * *'), zone, at('2026-01-01T00:00Z'), at('2027-01-01T00:00Z'), 1_000);
    const dates = slots.map(({ slot }) => slot.slice(0, 10));
    expect(new Set(dates).size).toBe(365);
    expect(dates).toEqual([...dates].sort());
  }
});

test('slots between two moments are those of the two halves, wherever it is cut', () => {
  const cron = readCron('*/20 * * * *');
  const [from, to] = [at('2026-03-28T22:00Z'), at('2026-03-29T05:00Z')];
  const whole = slotsBetween(cron, 'Europe/Berlin', from, to, 1_000);
  for (let cut = from; cut <= to; cut += 43 * 60_000) {
    const halves = [
      ...slotsBetween(cron, 'Europe/Berlin', from, cut, 1_000),
      ...slotsBetween(cron, 'Europe/Berlin', cut, to, 1_000),
    ];
    expect(halves).toEqual(whole);
  }
});

test('the next slots of a rare date are found', () => {
  const [first] = nextSlots(readCron('0 2 29 2 *'), 'Asia/Shanghai', at('2026-11-24T00:00Z'), 1);
  expect(first?.slot).toBe('2028-02-29T02:00');
});

test('the end of a window is the next time that the wall clock shows it', () => {
  const opened = momentOf('2026-11-24T22:00', 'Europe/Berlin');
  expect(iso(nextTimeOfDay(opened, '06:00', 'Europe/Berlin'))).toBe('2026-11-25T05:00:00.000Z');
  expect(iso(nextTimeOfDay(opened, '23:00', 'Europe/Berlin'))).toBe('2026-11-24T22:00:00.000Z');
});

test.each(['0 2 * *', '0 0 2 * * *', '61 2 * * *', 'nonsense a b c d', ''])('refuses the expression %j', (text) => {
  expect(() => readCron(text)).toThrow(expect.objectContaining({ code: 'schedule_invalid' }));
});

test('refuses a zone that nobody knows', () => {
  expect(() => checkTimeZone('Asia/Peking')).toThrow(expect.objectContaining({ code: 'schedule_invalid' }));
  expect(() => checkTimeZone('Asia/Shanghai')).not.toThrow();
});

test('a date has several slots unless minute and hour are single numbers', () => {
  expect(firesSeveralTimesADay('0 2 * * 1-5')).toBe(false);
  for (const cron of ['*/5 2 * * *', '0 2,14 * * *', '0 * * * *']) expect(firesSeveralTimesADay(cron)).toBe(true);
});
