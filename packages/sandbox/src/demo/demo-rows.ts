// The demo's catalog: every mode and turn of the API, and every way in which a row can fail without harm to the others.
import type { DemoEnding, DemoParameters, DemoRow } from './demo-row.ts';

const delivered: DemoEnding = { kind: 'delivered' };

const good = (customId: string, width: number, height: number, parameters: DemoParameters): DemoRow => ({
  customId,
  picture: { width, height },
  parameters: { add_watermark: false, ...parameters },
  fault: null,
  ending: delivered,
});

/** To a ratio, by factors, by pixels, and each of them turned as well. */
const GOOD: readonly DemoRow[] = [
  good('shoe-01', 1200, 900, { output_ratio: '16:9' }),
  good('bottle-02', 640, 1100, { output_ratio: '1:1' }),
  good('chair-03', 900, 1200, { output_ratio: '4:3' }),
  good('lamp-04', 900, 800, { output_ratio: '9:16' }),
  good('mug-05', 1024, 768, { output_ratio: '3:4' }),
  good('bag-06', 1000, 1400, { output_ratio: '16:9' }),
  good('shoe-07', 1500, 1000, { x_scale: 1.5 }),
  good('bottle-08', 700, 1300, { x_scale: 2 }),
  good('chair-09', 1100, 1100, { x_scale: 1.4, y_scale: 1.4 }),
  good('lamp-10', 720, 1280, { x_scale: 1.8, y_scale: 1.1 }),
  good('mug-11', 900, 700, { y_scale: 1.6 }),
  good('bag-12', 512, 512, { x_scale: 2, y_scale: 2 }),
  good('shoe-13', 1600, 1066, { left_offset: 500 }),
  good('bottle-14', 900, 1400, { left_offset: 200, right_offset: 600 }),
  good('chair-15', 800, 1000, { top_offset: 400 }),
  good('lamp-16', 1000, 1500, { left_offset: 250, right_offset: 250, top_offset: 120, bottom_offset: 120 }),
  good('mug-17', 1280, 960, { right_offset: 500, bottom_offset: 200 }),
  good('bag-18', 1200, 1600, { left_offset: 500, right_offset: 500 }),
  good('shoe-19', 1000, 750, { angle: 12 }),
  good('bottle-20', 600, 1000, { angle: 8, output_ratio: '1:1' }),
  good('chair-21', 900, 900, { angle: 345, x_scale: 1.3 }),
  good('mug-22', 960, 720, { angle: 20, left_offset: 300 }),
  // Says nothing of the mark, so the API draws it: `plan` says so.
  { ...good('lamp-23', 1024, 1024, { output_ratio: '16:9' }), parameters: { output_ratio: '16:9' } },
];

const ratio: DemoParameters = { output_ratio: '16:9', add_watermark: false };
const square = { width: 900, height: 900 };

const TROUBLED: readonly DemoRow[] = [
  {
    customId: 'bag-24-recovers',
    picture: { width: 900, height: 1100 },
    parameters: ratio,
    fault: { at: 'submit', status: 500, code: 'InternalError.Algo', message: 'algorithm process error', times: 1 },
    ending: delivered,
  },
  {
    customId: 'missing-25',
    picture: null,
    parameters: ratio,
    fault: null,
    ending: { kind: 'dead_lettered', code: 'InvalidParameter.FileDownload' },
  },
  {
    customId: 'shoe-26-refused',
    picture: square,
    parameters: ratio,
    fault: {
      at: 'submit',
      status: 400,
      code: 'InvalidParameter.ImageContent',
      message: 'The image content does not comply with green network verification',
    },
    ending: { kind: 'dead_lettered', code: 'InvalidParameter.ImageContent' },
  },
  {
    customId: 'chair-27-disk-full',
    picture: square,
    parameters: ratio,
    fault: { at: 'submit', status: 500, code: 'InternalError.FileUpload', message: 'oss upload error' },
    ending: { kind: 'dead_lettered', code: 'InternalError.FileUpload' },
  },
  {
    customId: 'mug-28-bad-ratio',
    picture: square,
    parameters: { ...ratio, output_ratio: '2:1' },
    fault: null,
    ending: { kind: 'refused' },
  },
];

export const DEMO_ROWS: readonly DemoRow[] = [...GOOD, ...TROUBLED];
/** Rows that end well, for a first try in `pnpm dev`. */
export const GOOD_ROWS = GOOD;
