// A token is an id and a hop; anything else is dropped, never guessed at.
import { expect, test } from 'vitest';
import { asExpansionId } from './ids.ts';
import { parseToken, stageToken, tokenJobId } from './stage-token.ts';

const id = asExpansionId(`x_${'a'.repeat(26)}`);

test('a token survives the queue', () => {
  expect(parseToken(JSON.parse(JSON.stringify(stageToken(id, 3))))).toEqual({ v: 1, id, hop: 3 });
});

test('its job id names the hop, so that the next hop is never taken for a repetition', () => {
  expect(tokenJobId(id, 3)).toBe(`${id}.3`);
  expect(tokenJobId(id, 3)).not.toBe(tokenJobId(id, 4));
});

test.each([
  null,
  undefined,
  'x',
  7,
  {},
  { v: 2, id, hop: 1 },
  { v: 1, id, hop: -1 },
  { v: 1, id, hop: 1.5 },
  { v: 1, id, hop: '1' },
  { v: 1, id: 'y', hop: 1 },
  { v: 1, id: '../../x', hop: 1 },
  { v: 1, hop: 1 },
])('%j is no token', (data) => {
  expect(parseToken(data)).toBeNull();
});
