import { describe, expect, it } from 'vitest';
import { batchNameOf } from './batch-name-of.ts';

describe('the batch of a manifest', () => {
  it.each([
    ['spring.csv', 'spring'],
    ['/data/2026/spring catalog (final).v2.jsonl', 'spring-catalog-final-.v2'],
    ['Frühjahr.csv', 'Fruhjahr'],
    ['__single.csv', 'single'],
    ['.hidden.csv', 'hidden'],
    [`${'a'.repeat(200)}.csv`, 'a'.repeat(128)],
  ])('is named after the file: %s', (path, name) => {
    expect(batchNameOf(path)).toBe(name);
  });

  it('is asked for where the name says nothing, and for standard input', () => {
    expect(() => batchNameOf('春.csv')).toThrow(expect.objectContaining({ code: 'usage_wrong' }));
    expect(() => batchNameOf('-')).toThrow(expect.objectContaining({ code: 'usage_wrong' }));
  });

  it('is the given one, if that is a name', () => {
    expect(batchNameOf('spring.csv', 'summer')).toBe('summer');
    expect(() => batchNameOf('spring.csv', 'a/b')).toThrow(expect.objectContaining({ code: 'batch_name_invalid' }));
  });
});
