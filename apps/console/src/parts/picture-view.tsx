// One delivered picture with what can be done with it: zoom, download, and the ones beside it by keyboard.
import type { Parameters } from '@outpaint/shared/contract/parameters';
import { useLayoutEffect, useState } from 'preact/hooks';
import { bytes, number, t } from '../text/locale.ts';
import { CompareView } from './compare-view.tsx';
import { pictureUrl } from './frame-view.tsx';
import { ParameterWords } from './parameter-words.tsx';
import type { Shown } from './shown-picture.ts';

interface Props {
  readonly row: Shown;
  /** Null where there is none. */
  readonly toPrevious: (() => void) | null;
  readonly toNext: (() => void) | null;
  readonly close: () => void;
}

export const PictureView = ({ row, toPrevious, toNext, close }: Props) => {
  const [zoomed, setZoomed] = useState(false);
  // Before the next key can come, so that it acts on the picture that is shown.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === 'ArrowLeft') toPrevious?.();
      else if (event.key === 'ArrowRight') toNext?.();
      else if (event.key.toLowerCase() === 'z') setZoomed((now) => !now);
      else if (event.key === 'Escape') close();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });
  const size = { width: number(row.width ?? 0), height: number(row.height ?? 0), bytes: bytes(row.bytes ?? 0) };
  return (
    <section aria-label={row.custom_id}>
      <h2>{row.custom_id}</h2>
      <CompareView key={row.id} row={row} zoomed={zoomed} />
      <ParameterWords parameters={row.parameters as Parameters} />
      <div class="actions">
        <button type="button" disabled={toPrevious === null} onClick={() => toPrevious?.()}>
          {t('previous')}
        </button>
        <button type="button" disabled={toNext === null} onClick={() => toNext?.()}>
          {t('next')}
        </button>
        <button type="button" aria-pressed={zoomed} onClick={() => setZoomed(!zoomed)}>
          {t('zoom')}
        </button>
        <a href={pictureUrl(row.id, 'result')} download={row.output_key.split('/').at(-1)}>
          {t('download')}
        </a>
        <button type="button" onClick={close}>
          {t('close')}
        </button>
        <small>
          {t('size', size)} · {t('keysHint')}
        </small>
      </div>
    </section>
  );
};
