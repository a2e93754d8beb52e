import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createTerminal } from './terminal.ts';

const screens = (isTTY: boolean, env: Record<string, string> = {}, columns = 20) => {
  const stream = () => Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY, columns });
  const [stdin, stdout, stderr] = [stream(), stream(), stream()];
  return {
    stdin,
    terminal: createTerminal({ stdin, stdout, stderr }, env),
    out: () => stdout.read(),
    err: () => stderr.read(),
  };
};

describe('the terminal', () => {
  it('keeps data on stdout and messages on stderr', () => {
    const { terminal, out, err } = screens(false);
    terminal.data('a row');
    terminal.say('a message');
    expect([out(), err()]).toEqual(['a row\n', 'a message\n']);
  });

  it.each([
    ['a pipe', false, {}],
    ['a dumb terminal', true, { TERM: 'dumb' }],
  ])('draws no progress on %s', (_, isTTY, env) => {
    const { terminal, err } = screens(isTTY, env);
    terminal.progress('halfway');
    expect([terminal.animates, err()]).toEqual([false, null]);
  });

  it('redraws one line, cut before the edge, and takes it away before a message', () => {
    const { terminal, err } = screens(true);
    terminal.progress('a line that is longer than the screen');
    expect(err()).toBe('\r\u001b[2Ka line that is lon…');
    terminal.say('a message');
    expect(err()).toBe('\r\u001b[2Ka message\n');
  });

  // It span for ever here: a terminal of no width is one that nobody gave a size, as under `setsid` or a test's own.
  it.each([
    [0, '\r\u001b[2Ka line that is longer than the screen'],
    [1, '\r\u001b[2K…'],
    [2, '\r\u001b[2K…'],
  ])('comes to an end on a terminal of %i columns', (columns, written) => {
    const { terminal, err } = screens(true, {}, columns);
    terminal.progress('a line that is longer than the screen');
    expect(err()).toBe(written);
  });

  it('colours only for people who want colours', () => {
    expect(screens(true).terminal.paint.bad('x')).toBe('\u001b[31mx\u001b[39m');
    for (const other of [screens(false), screens(true, { NO_COLOR: '1' }), screens(true, { TERM: 'dumb' })]) {
      expect(other.terminal.paint.bad('x')).toBe('x');
    }
  });

  it.each([
    ['y\n', true],
    ['YES\n', true],
    ['\n', false],
    ['yesterday\n', false],
  ])('takes %j for an answer', async (typed, wanted) => {
    const { terminal, stdin } = screens(true);
    const answer = terminal.ask('Redrive 3 rows?');
    stdin.write(typed);
    expect(await answer).toBe(wanted);
  });

  it('takes the end of the input for a no', async () => {
    const { terminal, stdin } = screens(true);
    const answer = terminal.ask('Redrive 3 rows?');
    stdin.end();
    expect(await answer).toBe(false);
  });
});
