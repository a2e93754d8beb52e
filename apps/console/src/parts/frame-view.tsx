// The picture with the frame that is asked for drawn around it, as it changes.
import type { Parameters } from '@outpaint/shared/contract/parameters';
import { useState } from 'preact/hooks';
import { number, t } from '../text/locale.ts';
import { frameOf, type Size } from './frame-of.ts';

/** Small, for a list of them. */
export const thumbnailUrl = (id: string): string =>
  `/v1/expansions/${encodeURIComponent(id)}/picture?of=result&size=thumbnail`;

export const pictureUrl = (id: string, of: 'source' | 'result', version = ''): string =>
  `/v1/expansions/${encodeURIComponent(id)}/picture?of=${of}${version === '' ? '' : `&v=${encodeURIComponent(version)}`}`;

/** What the frame is drawn for while the picture is not there: a common photograph. */
const ASSUMED: Size = { width: 1200, height: 900 };

export const FrameView = ({ url, name, parameters }: { url: string; name: string; parameters: Parameters }) => {
  const [size, setSize] = useState<Size | null>(null);
  const [failed, setFailed] = useState(false);
  const input = size ?? ASSUMED;
  const { output, left, top, turned, angle } = frameOf(input, parameters);
  const edge = Math.max(output.width, output.height) / 100;
  const [x, y] = [left + (turned.width - input.width) / 2, top + (turned.height - input.height) / 2];
  const turn = `rotate(${angle} ${x + input.width / 2} ${y + input.height / 2})`;
  return (
    <figure class="frame-view">
      {/* Loaded once to know its size; what is seen is the one in the drawing. */}
      <img
        class="hidden"
        src={url}
        alt=""
        onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) => {
          setFailed(false);
          setSize({ width, height });
        }}
        onError={() => setFailed(true)}
      />
      <svg
        viewBox={`${-edge} ${-edge} ${output.width + 2 * edge} ${output.height + 2 * edge}`}
        role="img"
        aria-label={`${name}. ${t('frameOf', { width: number(output.width), height: number(output.height) })}`}
      >
        <rect class="new" width={output.width} height={output.height} />
        {size === null ? (
          <rect class="old" x={x} y={y} width={input.width} height={input.height} transform={turn} />
        ) : (
          <image href={url} x={x} y={y} width={input.width} height={input.height} transform={turn} />
        )}
        <rect class="edge" width={output.width} height={output.height} stroke-width={edge / 2} />
      </svg>
      <figcaption>
        {failed ? t('pictureMissing') : t('frameOf', { width: number(output.width), height: number(output.height) })}
      </figcaption>
    </figure>
  );
};
