// Two requests under one name are the same or differ in fields that are named.
import { expect, test } from 'vitest';
import { parseRequest } from './request.ts';
import { differingFields } from './request-difference.ts';

const request = (over: Record<string, unknown> = {}) => {
  const parsed = parseRequest(
    { custom_id: 'a', batch: 'b', source: 'https://a/1.jpg', parameters: { angle: 5 }, ...over },
    { randomCustomId: () => 'r' },
  );
  if (!parsed.ok) throw new Error('refused');
  return parsed.request;
};

test('equal requests differ in nothing', () => {
  expect(differingFields(request(), request())).toEqual([]);
});

test('each difference is named, also a parameter that only one of them has', () => {
  const other = request({
    source: 'https://a/2.jpg',
    output_key: 'k.jpg',
    parameters: { x_scale: 2, add_watermark: false },
  });
  expect(differingFields(request(), other)).toEqual([
    'source',
    'output_key',
    'parameters.angle',
    'parameters.x_scale',
    'parameters.add_watermark',
  ]);
});
