// A picture made smaller: each new pixel is the mean of those that it stands for, on white where they are clear. Pure.

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, alpha; row by row. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** The longer side becomes `sideMax` at most; a picture that is smaller stays as large as it is. */
export const scaleDown = (from: Pixels, sideMax: number): Pixels => {
  const factor = Math.min(1, sideMax / Math.max(from.width, from.height));
  const width = Math.max(1, Math.round(from.width * factor));
  const height = Math.max(1, Math.round(from.height * factor));
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    const top = Math.floor((y * from.height) / height);
    const bottom = Math.max(top + 1, Math.floor(((y + 1) * from.height) / height));
    for (let x = 0; x < width; x += 1) {
      const left = Math.floor((x * from.width) / width);
      const right = Math.max(left + 1, Math.floor(((x + 1) * from.width) / width));
      let [red, green, blue] = [0, 0, 0];
      for (let v = top; v < bottom; v += 1) {
        for (let u = left; u < right; u += 1) {
          const at = (v * from.width + u) * 4;
          const alpha = (from.data[at + 3] ?? 255) / 255;
          const white = 255 * (1 - alpha);
          red += (from.data[at] ?? 0) * alpha + white;
          green += (from.data[at + 1] ?? 0) * alpha + white;
          blue += (from.data[at + 2] ?? 0) * alpha + white;
        }
      }
      const count = (bottom - top) * (right - left);
      data.set([red / count, green / count, blue / count, 255], (y * width + x) * 4);
    }
  }
  return { width, height, data };
};
