// The batch that a manifest goes into when nobody names one: the file's own name, made valid.
import { basename } from 'node:path';
import { asBatchName, type BatchName, isBatchName } from '@outpaint/shared/contract/ids';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';

export const STDIN_PATH = '-';
const NAME_CHARS_MAX = 128;

/** Throws `batch_name_invalid` for a given name that is none, `usage_wrong` where the file's name leaves nothing. */
export const batchNameOf = (path: string, given?: string): BatchName => {
  if (given !== undefined) return asBatchName(given);
  if (path === STDIN_PATH)
    throw new OutpaintError(
      'usage_wrong',
      'A manifest from standard input has no name: give the batch one with --batch.',
    );
  const stem = basename(path)
    .replace(/\.gz$/i, '')
    .replace(/\.[^.]+$/, '');
  const name = stem
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[_.-]+/, '')
    .replace(/-+$/, '')
    .slice(0, NAME_CHARS_MAX);
  if (isBatchName(name)) return name;
  throw new OutpaintError('usage_wrong', `No batch can be named after ${path}: give it a name with --batch.`);
};
