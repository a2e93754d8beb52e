import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { expect, it } from 'vitest';
import { createDrawRow, reasonOf } from './draw-row.ts';
import type { ReportRow } from './open-report.ts';

/** The smallest PNG that is whole; its size stands where a size is read from. */
const png = (side: number): Buffer => {
  const size = side.toString(16).padStart(8, '0');
  return Buffer.from(`89504e470d0a1a0a0000000d49484452${size}${size}08060000000000000049454e44ae426082`, 'hex');
};
const row = (outcome: string): ReportRow => ({ outcome, source: 'https://a.example/1.jpg', output_key: 'k' }) as never;
const maker = { make: async () => new Uint8Array(png(240)) };

it('a failed row shows what it was to be made of, and the bucket is not asked for what was never made', async () => {
  const asked: string[] = [];
  const read = async (_: object, of: string) => {
    asked.push(of);
    return { bytes: png(900), contentType: 'image/png' };
  };
  const shown = { dataUri: expect.stringMatching(/^data:image\/jpeg;base64,/), width: 240, height: 240 };
  expect(await createDrawRow({ read }, maker)(row('failed'))).toEqual({ before: shown, after: null });
  expect(await createDrawRow({ read }, maker)(row('succeeded'))).toEqual({ before: shown, after: shown });
  expect(asked).toEqual(['source', 'source', 'result']);
});

it('what cannot be had is a reason and never an error, one picture apart from the other', async () => {
  const forbidden = new OutpaintError('result_address_forbidden', 'no');
  const read = async (_: object, of: string) => {
    if (of === 'source') throw forbidden;
    return null;
  };
  expect(await createDrawRow({ read }, maker)(row('succeeded'))).toEqual({
    before: { reason: 'leads into a private network' },
    after: { reason: 'is not in its bucket' },
  });
  const whole = { read: async () => ({ bytes: png(9_000), contentType: 'image/png' }) };
  const broken = { make: () => Promise.reject(new Error('no')) };
  expect((await createDrawRow(whole, maker)(row('failed'))).before).toEqual({ reason: 'cannot be made small' });
  const small = { read: async () => ({ bytes: png(10), contentType: 'image/png' }) };
  expect((await createDrawRow(small, broken)(row('failed'))).before).toEqual({ reason: 'cannot be made small' });
});

it('a reason says the status that the other side gave, and no address', () => {
  const gone = new OutpaintError('result_expired', 'The storage answered.', {
    facts: { status: 404, url: 'https://x' },
  });
  expect(reasonOf(gone)).toBe('is not there, or may not be read (HTTP 404)');
  expect(reasonOf(new Error('https://x?Signature=secret'))).toBe('could not be fetched');
});
