import { expect, test } from 'vitest';
import { shownOf } from './shown-picture.ts';

const RECORD = {
  id: 'x_a',
  batch: 'spring',
  custom_id: 'a',
  trace_id: null,
  status: 'delivered',
  billed: 'yes',
  history: [],
  object: { key: 'spring/a.jpg', bytes: 7, sha256: 'f', width: 2, height: 1 },
  request: { output_key: 'spring/a.jpg', parameters: { x_scale: 2 }, source: 'https://cdn.example/a.jpg' },
} as const;

test('the record of a delivered picture becomes what the gallery shows of a row', () => {
  expect(shownOf(RECORD as never)).toEqual({
    id: 'x_a',
    batch: 'spring',
    custom_id: 'a',
    output_key: 'spring/a.jpg',
    parameters: { x_scale: 2 },
    bytes: 7,
    width: 2,
    height: 1,
  });
});

test('what is not delivered shows nothing', () => {
  expect(shownOf({ ...RECORD, status: 'dead_lettered' } as never)).toBe(null);
  expect(shownOf({ ...RECORD, object: null } as never)).toBe(null);
});
