// Which format a manifest has: as the caller says, or by the file's extension.
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';

export const MANIFEST_FORMATS = ['csv', 'tsv', 'jsonl'] as const;
export type ManifestFormat = (typeof MANIFEST_FORMATS)[number];

const FORMAT_OF_EXTENSION: Readonly<Record<string, ManifestFormat>> = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
};

/** Throws `manifest_format_unknown` where neither says; standard input (`-`) has no extension and must be told. */
export const manifestFormatOf = (path: string, given?: string): ManifestFormat => {
  const name = given === undefined ? FORMAT_OF_EXTENSION[/\.[^./\\]+$/.exec(path)?.[0].toLowerCase() ?? ''] : given;
  const format = MANIFEST_FORMATS.find((known) => known === name);
  if (format !== undefined) return format;
  throw new OutpaintError(
    'manifest_format_unknown',
    given === undefined
      ? `Cannot tell the format of ${path} from its name: it should end in .csv, .tsv, .jsonl or .ndjson, or be given with --format.`
      : `There is no manifest format ${given}: use ${MANIFEST_FORMATS.join(', ')}.`,
    { facts: { path, given: given ?? null } },
  );
};
