// The pure parts of the trial: money that cannot be overspent, times, sizes, and a report without secrets.
import { describe, expect, it } from 'vitest';
import { addressEnd } from './address-end.ts';
import { createAnswers, QUESTIONS } from './answer.ts';
import { base64Verdict } from './base64-step.ts';
import { judgeConcurrency, workTimes } from './concurrency.ts';
import { mostAtOnce } from './most-at-once.ts';
import { pictureSize } from './picture-size.ts';
import { createPurse } from './purse.ts';
import { scrubbed } from './scrub.ts';
import { asDataAddress, smallPicture } from './small-picture.ts';

describe('the purse', () => {
  it('gives nothing beyond what was allowed, and again what came back', () => {
    const purse = createPurse(2);
    expect([purse.take(), purse.take(), purse.take()]).toEqual([true, true, false]);
    purse.giveBack();
    expect([purse.counted(), purse.take(), purse.take()]).toEqual([1, true, false]);
  });

  it.each([0, 6, 1.5, Number.NaN])('cannot hold %d pictures', (n) => {
    expect(() => createPurse(n)).toThrow(RangeError);
  });

  it('takes back nothing that it did not give', () => {
    expect(() => createPurse(1).giveBack()).toThrow(RangeError);
  });
});

it.each([
  [[], 0],
  [[[0, 10]], 1],
  [
    [
      [0, 10],
      [10, 20],
    ],
    1,
  ],
  [
    [
      [0, 10],
      [5, 20],
      [9, 11],
      [30, 40],
    ],
    3,
  ],
] as const)('of the spans %j %i overlap at most', (spans, most) => {
  expect(mostAtOnce(spans.map(([from, to]) => ({ from, to })))).toBe(most);
});

it.each([
  ['https://h/x.jpg?OSSAccessKeyId=a&Expires=1700000000&Signature=b', 1_700_000_000_000],
  ['https://h/x.jpg?x-oss-date=20260101T000000Z&x-oss-expires=3600', Date.UTC(2026, 0, 1, 1)],
  ['https://h/x.jpg', null],
  ['https://h/x.jpg?Expires=soon', null],
  ['nonsense', null],
])('the address %s ends at %s', (address, end) => {
  expect(addressEnd(address)).toBe(end);
});

describe('how many were at work at once', () => {
  const times = (...rows: readonly (readonly [number, number | null, number | null])[]) =>
    rows.map(([submittedAt, startedAt, endedAt]) => ({ submittedAt, startedAt, workedUntil: endedAt, endedAt }));

  it('is known once one that waited started when another ended', () => {
    const seen = times([0, 100, 20_000], [550, 600, 26_000], [1_100, 20_050, 30_000]);
    expect(judgeConcurrency(seen)).toMatchObject({ certainty: 'observed', facts: { slots: 2, waited: 1 } });
  });

  it('is a lower bound where all were at work at once', () => {
    const seen = times([0, 100, 20_000], [550, 600, 26_000]);
    expect(judgeConcurrency(seen)).toMatchObject({ certainty: 'lower_bound', facts: { slots_at_least: 2 } });
  });

  it('is not overcounted where a slot changed hands between two questions of one round', () => {
    const first = { submittedAt: 0, startedAt: 100, workedUntil: 5_000, endedAt: 6_000 };
    const second = { submittedAt: 500, startedAt: 5_001, workedUntil: 9_000, endedAt: 9_500 };
    expect(judgeConcurrency([first, second])).toMatchObject({ certainty: 'observed', facts: { slots: 1, waited: 1 } });
  });

  it('is not concluded from a slow start while nobody ended', () => {
    const seen = times([0, 100, 20_000], [550, 9_000, 26_000]);
    expect(judgeConcurrency(seen)).toMatchObject({
      certainty: 'lower_bound',
      answer: expect.stringContaining('started late'),
    });
  });

  it('is not concluded from a short task that ends soon after its own slow start and that of others', () => {
    const seen = times([0, 2_000, 20_000], [550, 2_550, 21_000], [1_100, 3_100, 3_300]);
    expect(judgeConcurrency(seen)).toMatchObject({ certainty: 'lower_bound', facts: { slots_at_least: 3, waited: 0 } });
  });

  it("mixes no clocks: one task without the API's times, and our own are taken for all", () => {
    const api = { submittedAt: 1, scheduledAt: 2, endedAt: 3 };
    const history = [
      { status: 'PENDING', at: 110, until: 110 },
      { status: 'RUNNING', at: 120, until: 125 },
      { status: 'FAILED', at: 130, until: 130 },
    ];
    const task = (times: object) => ({ seen: times as never, history, answeredAt: 100, ended: true });
    expect(workTimes([task(api)])).toEqual([{ submittedAt: 1, startedAt: 2, workedUntil: 3, endedAt: 3 }]);
    expect(workTimes([task(api), task({ ...api, scheduledAt: null })])).toEqual(
      Array(2).fill({ submittedAt: 100, startedAt: 120, workedUntil: 125, endedAt: 130 }),
    );
  });
});

describe('a small picture as base64', () => {
  it('is a whole PNG of that size', () => {
    const png = smallPicture(64);
    expect(pictureSize(png)).toEqual({ format: 'png', width: 64, height: 64 });
    expect(asDataAddress(png)).toMatch(/^data:image\/png;base64,[A-Za-z0-9+/]+=*$/);
  });

  it.each([
    ['SUCCEEDED', null, null, 'observed', /^Yes, even/],
    ['FAILED', 'InvalidParameter', 'the size of input image is too small or to large', 'observed', /^Yes: it was read/],
    ['FAILED', 'InvalidParameter.FileDownload', 'oss download error', 'observed', /^No/],
    ['FAILED', 'InternalError.Algo', 'algorithm error', 'not_settled', /^Unclear/],
    ['CANCELED', null, null, 'not_settled', /^Unclear/],
  ] as const)('that ends %s with %s ("%s") is %s', (status, code, message, certainty, answer) => {
    const verdict = base64Verdict({ status, code, message, imageCount: 1 });
    expect(verdict).toMatchObject({ certainty, answer: expect.stringMatching(answer) });
  });
});

describe('the size of a picture', () => {
  const jpeg = (...segments: number[]) => Buffer.from([0xff, 0xd8, ...segments]);
  const FRAME = [0xff, 0xc0, 0x00, 0x11, 0x08, 0x02, 0x00, 0x03, 0x00, 0x03];

  it('is found behind metadata, fill bytes and a Huffman table, which is no frame', () => {
    expect(pictureSize(jpeg(0xff, 0xe0, 0x00, 0x03, 0xaa, 0xff, 0xc4, 0x00, 0x04, 1, 2, 0xff, ...FRAME))).toEqual({
      format: 'jpeg',
      width: 768,
      height: 512,
    });
  });

  it('is read from a PNG', () => {
    const png = Buffer.alloc(24);
    Buffer.from('89504e470d0a1a0a', 'hex').copy(png);
    png.writeUInt32BE(640, 16);
    png.writeUInt32BE(480, 20);
    expect(pictureSize(png)).toEqual({ format: 'png', width: 640, height: 480 });
  });

  it('is not guessed from anything else, nor from half a header', () => {
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('<html>'),
      jpeg(),
      jpeg(0xff, 0xe0, 0xff),
      jpeg(1, 2, 3, 4, 5, 6, 7, 8, 9),
    ]) {
      expect(pictureSize(bytes)).toBeNull();
    }
  });
});

describe('a scrubbed report', () => {
  const terms = { secrets: ['my-own-odd-key'], salt: 'salt' };
  const dirty = {
    url: 'https://h/x?OSSAccessKeyId=LTAI5tSomebody12345&Expires=17&Signature=abc%2Bdef',
    request: { headers: { Authorization: 'Bearer my-own-odd-key', accept: 'application/json' } },
    answer: {
      headers: { 'set-cookie': ['sid=1'] },
      body: { data: [{ api_key_id: '1234567', caller_uid: 42, task_id: 't-1' }] },
    },
    list: ['sk-0123456789abc', 'source https://b/k?X-Amz-Credential=AKIAABCDEFGHIJKL%2F&X-Amz-Signature=ffff'],
  };

  it('holds no key, signature, cookie or account, and keeps the rest', () => {
    const text = JSON.stringify(scrubbed(dirty, terms));
    for (const secret of [
      'my-own-odd-key',
      'LTAI5t',
      'abc%2Bdef',
      'sid=1',
      '1234567',
      ':42',
      '0123456789abc',
      'AKIA',
      'ffff',
    ]) {
      expect(text).not.toContain(secret);
    }
    for (const kept of ['Expires=17', 't-1', 'application/json', 'hash:']) expect(text).toContain(kept);
  });

  it('can be scrubbed again without change', () => {
    const once = scrubbed(dirty, terms);
    expect(scrubbed(once, terms)).toEqual(once);
  });

  it('names the same account by the same hash, and by another in another report', () => {
    const [a, b] = ['one', 'two'].map((salt) =>
      scrubbed([{ api_key_id: '7' }, { api_key_id: '7' }], { secrets: [], salt }),
    );
    const [first, second] = a as { api_key_id: string }[];
    expect(first).toEqual(second);
    expect(a).not.toEqual(b);
  });
});

it('every question is answered in the end, if only as not settled', () => {
  const answers = createAnswers();
  answers.settle('cancel', 'observed', 'Yes.');
  const all = answers.all();
  expect(all.map(({ id }) => id)).toEqual(Object.keys(QUESTIONS));
  expect(all.filter(({ certainty }) => certainty !== 'not_settled').map(({ id }) => id)).toEqual(['cancel']);
});
