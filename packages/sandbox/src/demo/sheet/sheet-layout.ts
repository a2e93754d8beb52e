// Where everything lies on the contact sheet, in pixels. Pure.
import type { Size } from '../../picture/frame-of.ts';
import type { SheetRow } from './sheet-row.ts';

export interface Box extends Size {
  readonly left: number;
  readonly top: number;
}

export const COLUMNS = 4;
export const MARGIN = 24;
export const HEADER_HEIGHT = 96;
export const CARD: Size = { width: 400, height: 284 };
const GAP = 14;
const INSET = 14;
const BEFORE: Size = { width: 132, height: 196 };
const AFTER: Size = { width: CARD.width - 2 * INSET - BEFORE.width - GAP, height: 196 };

export interface CardLayout {
  readonly row: SheetRow;
  readonly card: Box;
  /** Both at one scale, so that one sees how much was added. */
  readonly before: Box;
  readonly after: Box;
  readonly captionTop: number;
}

export const sheetSize = (count: number): Size => ({
  width: 2 * MARGIN + COLUMNS * CARD.width + (COLUMNS - 1) * GAP,
  height: HEADER_HEIGHT + Math.ceil(count / COLUMNS) * (CARD.height + GAP) - GAP + MARGIN,
});

/** A row without a picture gets a box of the size that its picture would have had, or a plain one. */
export const cardLayout = (row: SheetRow, index: number): CardLayout => {
  const left = MARGIN + (index % COLUMNS) * (CARD.width + GAP);
  const top = HEADER_HEIGHT + Math.floor(index / COLUMNS) * (CARD.height + GAP);
  const beforeSize = row.before?.size ?? { width: 900, height: 900 };
  const afterSize = row.after?.size ?? { width: beforeSize.height * (16 / 9), height: beforeSize.height };
  const scale = Math.min(fit(beforeSize, BEFORE), fit(afterSize, AFTER));
  const centred = (size: Size, area: Box): Box => {
    const width = Math.round(size.width * scale);
    const height = Math.round(size.height * scale);
    return {
      left: area.left + Math.round((area.width - width) / 2),
      top: area.top + Math.round((area.height - height) / 2),
      width,
      height,
    };
  };
  const areaTop = top + INSET;
  return {
    row,
    card: { left, top, ...CARD },
    before: centred(beforeSize, { left: left + INSET, top: areaTop, ...BEFORE }),
    after: centred(afterSize, { left: left + INSET + BEFORE.width + GAP, top: areaTop, ...AFTER }),
    captionTop: areaTop + AFTER.height + 14,
  };
};

const fit = (size: Size, area: Size): number => Math.min(area.width / size.width, area.height / size.height);
