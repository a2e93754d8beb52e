import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import { expect, test } from 'vitest';
import type { DeadRecord } from './dead-rows.ts';
import { editRow } from './edit-row.ts';

const policy = { rescueMarginMs: 1, deliverDeadlineMs: 1 } as never;

const dead = (more: Partial<ExpansionRecord> = {}): DeadRecord =>
  ({
    id: 'x_a',
    batch: 'spring',
    status: 'dead_lettered',
    hop: 4,
    billed: 'no',
    taskId: null,
    deadCode: 'InvalidParameter',
    request: {
      v: 1,
      custom_id: 'a',
      batch: 'spring',
      source: 'https://pictures.example/a.jpg',
      parameters: { angle: 90, best_quality: false, limit_image_size: true, add_watermark: true },
      output_key: 'spring/a.jpg',
    },
    ...more,
  }) as DeadRecord;

test('other parameters take the place of all that were there, and say which differ', () => {
  const edit = editRow(dead(), { parameters: { x_scale: 2 } }, policy);
  expect(edit).toMatchObject({ kind: 'edited', fields: ['parameters.angle', 'parameters.x_scale'] });
  if (edit.kind === 'edited') expect(edit.request.parameters).toMatchObject({ x_scale: 2, add_watermark: true });
});

test('the name, the batch and the place of the picture stay', () => {
  const edit = editRow(dead(), { source: 'https://pictures.example/b.jpg', parameters: { x_scale: 2 } }, policy);
  expect(edit.kind === 'edited' && edit.request).toMatchObject({ custom_id: 'a', output_key: 'spring/a.jpg' });
});

test('what could not be accepted is no edit', () => {
  expect(editRow(dead(), { parameters: { x_scale: 9 } }, policy)).toMatchObject({ kind: 'wrong' });
  expect(editRow(dead(), { parameters: {} }, policy)).toMatchObject({ kind: 'wrong' });
});

test('a row that goes on with what was paid for is not changed', () => {
  const paid = dead({ billed: 'yes', deadCode: 'result_too_large' });
  expect(editRow(paid, { source: 'https://pictures.example/b.jpg' }, policy)).toEqual({
    kind: 'paid',
    stage: 'deliver',
  });
});

test('an edit that changes nothing is none', () => {
  const same = editRow(
    dead({ request: { ...dead().request, parameters: { ...dead().request.parameters, angle: 45 } } }),
    {
      parameters: { angle: 45 },
    },
    policy,
  );
  expect(same).toEqual({ kind: 'same' });
});
