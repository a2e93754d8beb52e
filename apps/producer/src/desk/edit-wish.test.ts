import type { ExpansionRequest } from '@outpaint/shared/contract/request';
import { expect, test } from 'vitest';
import { editOf } from './edit-wish.ts';

const request = (more: object = {}): ExpansionRequest =>
  ({
    v: 1,
    custom_id: 'shoes/red 1',
    batch: 'spring',
    source: 'http://pictures.example/a.jpg?x=1',
    parameters: { angle: 5, x_scale: 2, best_quality: true, limit_image_size: true, add_watermark: true },
    output_key: 'spring/a.jpg',
    ...more,
  }) as ExpansionRequest;

test('a parameter of another mode takes the place of the old mode; angle and switches stay', () => {
  expect(editOf(request(), { set: new Map([['output_ratio', '1:1']]) })).toEqual({
    source: undefined,
    parameters: { angle: 5, output_ratio: '1:1', best_quality: true, limit_image_size: true, add_watermark: true },
  });
});

test('a parameter of the same mode, or of none, changes itself alone', () => {
  const parameters = (name: 'y_scale' | 'add_watermark' | 'output_ratio', value: unknown) =>
    editOf(request(), { set: new Map([[name, value]]) }).parameters;
  expect(parameters('y_scale', 1.5)).toMatchObject({ x_scale: 2, y_scale: 1.5 });
  expect(parameters('add_watermark', false)).toMatchObject({ x_scale: 2, add_watermark: false });
  // Its default asks for nothing, so it drives nothing out.
  expect(parameters('output_ratio', '')).toMatchObject({ x_scale: 2 });
});

test('a source is made of the custom_id, escaped where it is an address', () => {
  const source = (text: string) => editOf(request(), { set: new Map(), source: text }).source;
  expect(source('https://new.example/{custom_id}.jpg')).toBe('https://new.example/shoes/red%201.jpg');
  expect(source('s3://photos/{custom_id}.jpg')).toBe('s3://photos/shoes/red 1.jpg');
  expect(source('https://new.example/one.jpg')).toBe('https://new.example/one.jpg');
});

test('the beginning of a source is exchanged where it is that one, and the rest stays', () => {
  const sourcePrefix = { from: 'http://', to: 'https://' };
  expect(editOf(request(), { set: new Map(), sourcePrefix })).toEqual({
    source: 'https://pictures.example/a.jpg?x=1',
    parameters: undefined,
  });
  expect(editOf(request({ source: 's3://photos/a.jpg' }), { set: new Map(), sourcePrefix }).source).toBeUndefined();
});
