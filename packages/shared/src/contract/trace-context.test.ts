import { expect, test } from 'vitest';
import { readTraceContext, traceOfText, traceText } from './trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

test('what a caller says is read, and written again as it was', () => {
  const context = readTraceContext(`00-${TRACE}-${SPAN}-01`, 'congo=t61rcWkgMzE , rojo=00f067aa0ba902b7');
  expect(context).toEqual({ traceId: TRACE, spanId: SPAN, flags: 1, state: 'congo=t61rcWkgMzE,rojo=00f067aa0ba902b7' });
  expect(context && traceOfText(traceText(context))).toEqual(context);
  const bare = readTraceContext(`00-${TRACE}-${SPAN}-00`);
  expect(bare && traceText(bare)).toBe(`00-${TRACE}-${SPAN}-00`);
});

test('a later version is read as far as it is known', () => {
  expect(readTraceContext(`cc-${TRACE}-${SPAN}-01-what-the-future-adds`)).toMatchObject({ traceId: TRACE, flags: 1 });
});

test.each([
  ['nothing', undefined],
  ['a number', 7],
  ['text', 'trace me'],
  ['upper case', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
  ['no trace', `00-${'0'.repeat(32)}-${SPAN}-01`],
  ['no span', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['the version that there is none of', `ff-${TRACE}-${SPAN}-01`],
  ['more than version 00 has', `00-${TRACE}-${SPAN}-01-more`],
  ['two headers', `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`],
  ['a line break', `00-${TRACE}-${SPAN}-01\n`],
])('%s is no traceparent', (_, given) => {
  expect(readTraceContext(given)).toBeNull();
});

test.each([
  ['no list', 'what'],
  ['a name twice', 'a=1,a=2'],
  ['a name in upper case', 'A=1'],
  ['too many', Array.from({ length: 33 }, (_, i) => `k${i}=v`).join(',')],
  ['too long', `a=${'x'.repeat(600)}`],
  ['a list of headers', ['a=1']],
])('a tracestate that is %s is left out, and the traceparent stays', (_, state) => {
  expect(readTraceContext(`00-${TRACE}-${SPAN}-01`, state)).toMatchObject({ traceId: TRACE, state: '' });
});
