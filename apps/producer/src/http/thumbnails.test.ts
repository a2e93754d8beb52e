import { expect, it, vi } from 'vitest';
import { createThumbnails } from './thumbnails.ts';

/** The smallest PNG that is whole: one pixel, and what a size is read from. */
const png = (filler: number): Buffer =>
  Buffer.concat([
    Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010806000000', 'hex'),
    Buffer.alloc(filler),
    Buffer.from('0000000049454e44ae426082', 'hex'),
  ]);
const picture = (filler = 100) => ({ bytes: png(filler), contentType: 'image/png' });
const maker = (bytes: number) => ({
  make: vi.fn(async () => new Uint8Array(bytes)),
  close: async () => undefined,
});

it('makes each once, also when it is asked for twice at the same moment', async () => {
  const [made, read] = [maker(10), vi.fn(async () => picture())];
  const thumbnails = createThumbnails(made, () => undefined);
  const [one, two] = await Promise.all([thumbnails.of('a', read), thumbnails.of('a', read)]);
  expect(one).toEqual({ bytes: Buffer.alloc(10), contentType: 'image/jpeg' });
  expect(two).toBe(one);
  expect(await thumbnails.of('a', read)).toBe(one);
  expect([read.mock.calls.length, made.make.mock.calls.length]).toEqual([1, 1]);
});

it('keeps no more than it may: what was looked at longest ago goes first', async () => {
  const thumbnails = createThumbnails(maker(10), () => undefined, 25);
  const read = vi.fn(async () => picture());
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await thumbnails.of(key, read);
  expect(read.mock.calls.length).toBe(4);
});

it('gives the whole picture where it cannot be made smaller, and says why', async () => {
  const said = vi.fn();
  const broken = { make: () => Promise.reject(new Error('no')), close: async () => undefined };
  expect(await createThumbnails(broken, said).of('a', async () => picture())).toEqual(picture());
  expect(said).toHaveBeenCalledOnce();
  expect(await createThumbnails(maker(10_000), said).of('a', async () => picture())).toEqual(picture());
  expect(await createThumbnails(maker(1), said).of('a', async () => null)).toBe(null);
});

it('reads a few at once, however many are asked for', async () => {
  let [open, most] = [0, 0];
  const thumbnails = createThumbnails(maker(10), () => undefined);
  const read = async () => {
    open += 1;
    most = Math.max(most, open);
    await Promise.resolve();
    open -= 1;
    return picture();
  };
  await Promise.all(Array.from({ length: 30 }, (_, i) => thumbnails.of(`${i}`, read)));
  expect(most).toBeLessThanOrEqual(4);
});
