// All that breaks, at once and for a whole catalog: the soak in its short form, with a control that must fail.
import { expect, it } from 'vitest';
import { spawnProgram } from '../support/child.ts';

const ROWS = 120;
/** The program ends by itself long before; a machine under load is slow. */
const TIMEOUT_MS = 420_000;
const CONTROL_ROWS = 80;
const SEED = '7';

it('a short soak loses nothing, pays for nothing twice, ends no row twice; the usual script fails the same judge', {
  timeout: TIMEOUT_MS,
}, async () => {
  const soak = spawnProgram('test/soak/main.ts', {
    args: [
      ...[
        '--seed',
        SEED,
        '--rows',
        String(ROWS),
        '--control-rows',
        String(CONTROL_ROWS),
        '--contenders',
        'outpaint,script',
      ],
      ...['--key', 'shared', '--workers', '3', '--speed', '60', '--minutes', '3'],
    ],
  });
  const { code } = await soak.exited;
  const said = `${soak.stdout()}\n${soak.stderr()}`;
  // What it printed names the seed, the sentence that is wrong, and the history of the rows that it concerns.
  expect(code, said).toBe(0);
  const [ours = '', theirs = ''] = ['outpaint', 'script'].map((name) =>
    said.split('\n').find((line) => line.startsWith(`seed ${SEED} `) && line.includes(` ${name}: `)),
  );
  expect(ours).toMatch(/: 120 rows in .* lost 0, billed twice 0, two endings 0, paid for nothing 0, swapped 0;/);
  expect(ours).toMatch(/kill \d+.*/);
  expect(Number(/billed twice (\d+)/.exec(theirs)?.[1]), theirs).toBeGreaterThan(0);
});
