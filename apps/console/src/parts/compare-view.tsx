// A picture before and after, one over the other at the place where it lies, divided by a slider.
import type { Parameters } from '@outpaint/shared/contract/parameters';
import { useState } from 'preact/hooks';
import { t } from '../text/locale.ts';
import { frameOf, type Size } from './frame-of.ts';
import { pictureUrl } from './frame-view.tsx';
import type { Shown } from './shown-picture.ts';

export const CompareView = ({ row, zoomed }: { row: Shown; zoomed: boolean }) => {
  const [share, setShare] = useState(50);
  const [input, setInput] = useState<Size | null>(null);
  const { width, height } = { width: row.width ?? 1, height: row.height ?? 1 };
  const frame = input === null ? null : frameOf(input, row.parameters as Parameters);
  // The result may have been made smaller than what was asked for: both are drawn at the size that was asked for.
  const output = frame?.output ?? { width, height };
  const edge = Math.max(output.width, output.height) / 200;
  const [x, y] =
    frame === null || input === null
      ? [0, 0]
      : [frame.left + (frame.turned.width - input.width) / 2, frame.top + (frame.turned.height - input.height) / 2];
  const source = pictureUrl(row.id, 'source');
  return (
    <figure class={zoomed ? 'compare zoomed' : 'compare'}>
      <img
        class="hidden"
        src={source}
        alt=""
        onLoad={({ currentTarget }) =>
          setInput({ width: currentTarget.naturalWidth, height: currentTarget.naturalHeight })
        }
      />
      <svg viewBox={`0 0 ${output.width} ${output.height}`} role="img" aria-label={`${t('compare')}: ${row.custom_id}`}>
        <image
          href={pictureUrl(row.id, 'result')}
          width={output.width}
          height={output.height}
          preserveAspectRatio="none"
        />
        <svg aria-hidden="true" width={(output.width * share) / 100} height={output.height}>
          <rect class="new" width={output.width} height={output.height} />
          {input !== null && frame !== null && (
            <image
              href={source}
              x={x}
              y={y}
              width={input.width}
              height={input.height}
              transform={`rotate(${frame.angle} ${x + input.width / 2} ${y + input.height / 2})`}
            />
          )}
        </svg>
        {frame !== null && (
          <rect
            class="edge"
            x={frame.left}
            y={frame.top}
            width={frame.turned.width}
            height={frame.turned.height}
            stroke-width={edge}
          />
        )}
        <line
          class="divider"
          x1={(output.width * share) / 100}
          x2={(output.width * share) / 100}
          y2={output.height}
          stroke-width={edge}
        />
      </svg>
      <label>
        <span class="hidden">{t('slider')}</span>
        <input
          type="range"
          min="0"
          max="100"
          value={share}
          onInput={(event) => setShare(Number(event.currentTarget.value))}
        />
      </label>
      <figcaption>
        <span>{t('before')}</span>
        <span>{t('after')}</span>
      </figcaption>
    </figure>
  );
};
