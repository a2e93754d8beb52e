// Labels that a machine without fonts can still read.
import { describe, expect, test } from 'vitest';
import { DEMO_ROWS } from '../demo-rows.ts';
import { isLabelText, strokeText, strokeTextWidth } from './stroke-text.ts';

describe('strokeText', () => {
  test('has a letter for everything that the demo writes on its sheet', () => {
    const texts = DEMO_ROWS.filter((row) => row.ending.kind !== 'refused').flatMap((row) => [
      row.customId,
      ...Object.entries(row.parameters).map(([name, value]) => `${name}=${value}`),
      row.ending.kind === 'dead_lettered' ? row.ending.code : '1200×900 → 1600×900',
    ]);
    expect(texts.filter((text) => !isLabelText(text))).toEqual([]);
    expect(isLabelText('图')).toBe(false);
  });

  test('is made smaller when it would be wider than its place', () => {
    const width = strokeTextWidth('output_ratio', 20);
    const place = { x: 0, y: 0, size: 20, colour: '#000' };
    expect(strokeText('output_ratio', { ...place, widthMax: width })).toContain('scale(2.0000)');
    expect(strokeText('output_ratio', { ...place, widthMax: width / 2 })).toContain('scale(1.0000)');
  });
});
