import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { describe, expect, it } from 'vitest';
import { failureExit } from './failure-exit.ts';

describe('a failure', () => {
  it('of the person is 2, with the sentence as it is', () => {
    const error = new OutpaintError('batch_unknown', 'There is no batch sprin. Did you mean spring?');
    expect(failureExit(error)).toEqual({ code: 2, message: 'There is no batch sprin. Did you mean spring?' });
  });

  it.each([
    new OutpaintError('redis_unreachable', 'Redis at db:6379 (REDIS_URL) does not answer.', {
      cause: new Error('connect ECONNREFUSED'),
    }),
    Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
    new Error('Command timed out'),
    new Error("OOM command not allowed when used memory > 'maxmemory'."),
    new Error('NOAUTH Authentication required.'),
  ])('of Redis is 5, with the remedy: %s', (error) => {
    const failure = failureExit(error);
    expect(failure.code).toBe(5);
    expect(failure.message).toContain('REDIS_URL');
  });

  it('that nobody foresaw is 1, and says where it happened', () => {
    expect(failureExit(new TypeError('x is not a function'))).toMatchObject({
      code: 1,
      message: expect.stringMatching(/x is not a function .* at /),
    });
    expect(failureExit('a text').code).toBe(1);
  });
});
