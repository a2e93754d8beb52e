// What is kept of a request, and that nothing is lost by it.
import { describe, expect, it } from 'vitest';
import { parseRequest } from '../contract/request.ts';
import { requestOfText, storedText } from './stored-request.ts';

const requestOf = (more: Record<string, unknown> = {}) => {
  const input = {
    custom_id: 'mug',
    batch: 'spring',
    source: 'https://cdn.example.com/mug.jpg',
    parameters: { x_scale: 2 },
    ...more,
  };
  const parsed = parseRequest(input, { randomCustomId: () => 'never' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.request;
};

describe('the stored request', () => {
  it.each([
    ['of defaults', {}],
    [
      'with every switch turned',
      { parameters: { angle: 45, best_quality: true, limit_image_size: false, add_watermark: false } },
    ],
    [
      'with one switch turned, after a ratio',
      { parameters: { output_ratio: '16:9', angle: 5, limit_image_size: false } },
    ],
    ['with a key of its own', { output_key: 'spring/other/mug.jpg' }],
    ['with a name that is escaped in its key', { custom_id: 'a/b 咖啡' }],
  ])('%s is read as it was accepted, its keys in their order', (_, more) => {
    const request = requestOf(more);
    expect(JSON.stringify(requestOfText(storedText(request)))).toBe(JSON.stringify(request));
  });

  it('leaves out switches that stand as the API has them, and the key that follows from the name', () => {
    expect(storedText(requestOf())).toBe(
      '{"v":1,"custom_id":"mug","batch":"spring","source":"https://cdn.example.com/mug.jpg","parameters":{"x_scale":2}}',
    );
  });

  it.each([
    ['a switch', { parameters: { x_scale: 2, add_watermark: false } }],
    ['the key', { output_key: 'spring/other/mug.jpg' }],
  ])('differs where %s differs', (_, more) => {
    expect(storedText(requestOf(more))).not.toBe(storedText(requestOf()));
  });
});
