import type { BatchName } from '@outpaint/shared/contract/ids';
import { expect, it } from 'vitest';
import { checkRows } from '../manifest/check-rows.ts';
import { countDuplicates } from './count-duplicates.ts';

it('counts the rows whose name or output key an earlier row has, and no other bad row', async () => {
  const source = 'https://cdn.example.com/1.jpg';
  const parameters = { x_scale: 2 };
  const values = [
    { custom_id: 'a', source, parameters },
    { custom_id: 'a', source, parameters },
    { custom_id: 'b', source, parameters, output_key: 'spring/a.jpg' },
    { custom_id: 'c', source: 'ftp://x' },
    { custom_id: 'd', source, parameters },
  ];
  const rows = async function* () {
    for (const [i, value] of values.entries()) yield { line: i + 2, ok: true as const, value, origin: { text: '' } };
  };
  const count = { rows: 0 };
  const passed: boolean[] = [];
  for await (const row of countDuplicates(checkRows(rows(), { batch: 'spring' as BatchName }), count))
    passed.push(row.ok);
  expect(passed).toEqual([true, false, false, false, true]);
  expect(count.rows).toBe(2);
});
