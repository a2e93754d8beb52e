// The API page's parameter table, row by row: what the API received is exactly what takes effect, and the picture shows it.
import { EXPANSION_DEFAULTS } from '@outpaint/sandbox/picture/expansion-parameters';
import { parseRequest } from '@outpaint/shared/contract/request';
import { expect, it } from 'vitest';
import { startRecordingProxy } from '../support/recording-proxy.ts';
import { expectBooksBalance, type RowStory, rowOf, storiesOf } from '../support/row-story.ts';
import { startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';

/** The source is 600 × 600 px; `size` is what the documented geometry makes of it. */
const ROWS = [
  // The four combinations of the page.
  [
    'output_ratio="4:3", x_scale=2.0 → output_ratio',
    { output_ratio: '4:3', x_scale: 2 },
    { output_ratio: '4:3' },
    ['x_scale'],
    [800, 600],
  ],
  [
    'x_scale=2.0, left_offset=100 → x_scale',
    { x_scale: 2, left_offset: 100 },
    { x_scale: 2 },
    ['left_offset'],
    [1200, 600],
  ],
  ['angle=90, x_scale=2.0 → angle + x_scale', { angle: 90, x_scale: 2 }, { angle: 90, x_scale: 2 }, [], [1200, 600]],
  [
    'angle=90, output_ratio="4:3", x_scale=2.0, left_offset=100 → angle + output_ratio',
    { angle: 90, output_ratio: '4:3', x_scale: 2, left_offset: 100 },
    { angle: 90, output_ratio: '4:3' },
    ['x_scale', 'left_offset'],
    [800, 600],
  ],
  // The three modes and the rotation, each alone.
  ['priority 1, output_ratio alone', { output_ratio: '16:9' }, { output_ratio: '16:9' }, [], [1067, 600]],
  [
    'priority 2, x_scale and y_scale alone',
    { x_scale: 1.5, y_scale: 1.25 },
    { x_scale: 1.5, y_scale: 1.25 },
    [],
    [900, 750],
  ],
  [
    'priority 3, the four offsets alone',
    { left_offset: 10, right_offset: 20, top_offset: 30, bottom_offset: 40 },
    { left_offset: 10, right_offset: 20, top_offset: 30, bottom_offset: 40 },
    [],
    [630, 670],
  ],
  ['rotation alone', { angle: 30 }, { angle: 30 }, [], [820, 820]],
] as const;

const SWITCHES = { best_quality: false, limit_image_size: true, add_watermark: true };

interface Told {
  readonly stories: ReadonlyMap<string, RowStory>;
  readonly bodies: readonly { input: { image_url: string }; parameters: Record<string, unknown> }[];
}

const tell = async (): Promise<Told> => {
  const stack = await startStack({ sandbox: { resultKind: 'extended' } });
  const proxy = await startRecordingProxy(stack.sandbox.baseUrl);
  const worker = await stack.startWorker({ env: { DASHSCOPE_BASE_URL: proxy.baseUrl } });
  const requests = ROWS.map(([, parameters], i) => {
    const source = stack.sandbox.pictureUrl(`row-${i}.jpg`, { w: 600, h: 600 });
    return rowOf(stack, `row-${i}`, BATCH, { parameters, source });
  });
  await stack.accept(BATCH, requests);
  await stack.batches.seal(BATCH);
  await stack.waitUntilFinished(BATCH);
  await expectBooksBalance(stack);
  await worker.kill('SIGTERM');
  return {
    stories: await storiesOf(
      stack,
      ROWS.map((_, i) => `row-${i}`),
    ),
    bodies: proxy.requests.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body)),
  };
};

let told: Promise<Told> | undefined;
const story = (): Promise<Told> => {
  told ??= tell();
  return told;
};

it.each(ROWS.map((row, i) => [...row, i] as const))(
  '%s',
  async (_name, given, effective, ignored, [width, height], i) => {
    const { stories, bodies } = await story();
    const row = stories.get(`row-${i}`);
    // On the wire: what takes effect and the three switches, not one name more.
    const sent = bodies.filter(({ input }) => input.image_url.includes(`/row-${i}.jpg`));
    expect(sent.map(({ parameters }) => parameters)).toEqual([{ ...effective, ...SWITCHES }]);
    expect(row?.ledger.map(({ parameters }) => parameters)).toEqual([{ ...EXPANSION_DEFAULTS, ...effective }]);
    expect(row).toMatchObject({
      submits: 1,
      billed: 1,
      record: { status: 'delivered', objectWidth: width, objectHeight: height },
    });
    // Whoever asked for more than takes effect was told so, by name, before anything was sent.
    const parsed = parseRequest(
      { custom_id: 'a', batch: BATCH, source: 'https://cdn.example.com/a.jpg', parameters: given },
      { randomCustomId: () => 'a' },
    );
    expect(parsed.ok && parsed.warnings.map(({ field }) => field)).toEqual(ignored.map((name) => `parameters.${name}`));
  },
);
