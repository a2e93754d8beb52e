// The eleven parameters of image-out-painting with the API's own names and defaults, every one present.

export const OUTPUT_RATIOS = ['', '1:1', '3:4', '4:3', '9:16', '16:9'] as const;
export type OutputRatio = (typeof OUTPUT_RATIOS)[number];

export interface ExpansionParameters {
  /** Whole degrees counter-clockwise, 0 to 359. */
  readonly angle: number;
  readonly output_ratio: OutputRatio;
  /** 1.0 to 3.0. */
  readonly x_scale: number;
  readonly y_scale: number;
  /** Pixels, 0 or more. */
  readonly top_offset: number;
  readonly bottom_offset: number;
  readonly left_offset: number;
  readonly right_offset: number;
  readonly best_quality: boolean;
  readonly limit_image_size: boolean;
  readonly add_watermark: boolean;
}

/** The documented defaults; `add_watermark` and `limit_image_size` are true when left out. */
export const EXPANSION_DEFAULTS: ExpansionParameters = {
  angle: 0,
  output_ratio: '',
  x_scale: 1,
  y_scale: 1,
  top_offset: 0,
  bottom_offset: 0,
  left_offset: 0,
  right_offset: 0,
  best_quality: false,
  limit_image_size: true,
  add_watermark: true,
};
