// The options that say what a file's own columns mean and what its rows take where they say nothing.
import type { Command } from 'commander';
import { type RowShape, readShape } from '../manifest/row-shape.ts';
import { oneMore } from './one-more.ts';

export interface ShapeOptions {
  readonly map?: readonly string[];
  readonly set?: readonly string[];
}

export const MANIFEST_ARGUMENT =
  'a CSV, TSV or JSONL file, gzip too; s3://bucket/key, or s3://bucket/prefix/ for all pictures there; or - for standard input';
export const FORMAT_OPTION = 'csv, tsv or jsonl; otherwise as the name ends';

export const withShapeOptions = (command: Command): Command =>
  command
    .option(
      '--map <ours=theirs>',
      'a column of the file that holds a field of ours, such as source=image_link; once for each. Its other columns are left alone',
      oneMore,
    )
    .option(
      '--set <parameter=value>',
      'a parameter of all rows that do not give it, such as output_ratio=16:9; once for each',
      oneMore,
    );

/** Throws `manifest_mapping_invalid`. */
export const shapeOf = ({ map = [], set = [] }: ShapeOptions): RowShape => readShape(map, set);
