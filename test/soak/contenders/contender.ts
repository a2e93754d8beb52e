// What the harness asks of whoever takes a catalog through it: outpaint and both controls alike.
import type { CrewWish } from '../crew.ts';
import type { RowFacts } from '../judge/row-facts.ts';
import type { World } from '../world.ts';

export interface CatalogRow {
  readonly name: string;
  readonly source: string;
}

export interface Contender {
  /** Hands the catalog in; the crew starts afterwards. */
  begin(): Promise<void>;
  readonly crew: Omit<CrewWish, 'dir'>;
  /** Rows that have ended, as far as can be asked just now; and whether all has been done. Never throws. */
  progress(): Promise<{ readonly ended: number; readonly isDone: boolean }>;
  /** What a person does while it runs, looked at every few seconds: how many tasks were accepted as lost. */
  tend?(crew: { readonly dir: string }): Promise<number>;
  /** With the crew still running: waits until nothing is under way any more, and does what a person would do. */
  settle(crew: { isOver: () => boolean }): Promise<readonly string[]>;
  /** When the crew is gone. */
  rows(): Promise<RowFacts[]>;
  /** Sentences about everything that is wrong beside the rows. */
  books(): Promise<string[]>;
  close(): Promise<void>;
}

export type OpenContender = (world: World, catalog: readonly CatalogRow[], workers: number) => Contender;

/** Nobody fetches it: the stand-in answers every task with one small picture. Faults follow from it, so it holds no port. */
export const sourceOf = (name: string): string => `https://pictures.example.com/${name}.jpg`;

export const catalogOf = (rows: number): CatalogRow[] =>
  Array.from({ length: rows }, (_, i) => {
    const name = `row-${String(i).padStart(5, '0')}`;
    return { name, source: sourceOf(name) };
  });
