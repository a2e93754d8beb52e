// The report of a batch as it stands in the bucket; Redis is not asked, so it can be read long after its rows are gone.
import { createInterface } from 'node:readline';
import type { BatchName } from '@outpaint/shared/contract/ids';
import {
  type FailedRow,
  type ReportFile,
  type ReportManifest,
  reportKey,
  type SucceededRow,
} from '@outpaint/shared/contract/report';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { objectKey } from '@outpaint/shared/storage/object-key';
import type { ObjectReader } from '@outpaint/shared/storage/object-reader';

export type ReportRow =
  | ({ readonly outcome: 'succeeded' } & SucceededRow)
  | ({ readonly outcome: 'failed' } & FailedRow);

export type ReportPart = 'succeeded' | 'failed';

export interface Report {
  readonly manifest: ReportManifest;
  /** `s3://bucket/prefix/key`. */
  readonly location: (file: ReportFile) => string;
  /** Lines of one file as they stand there. */
  lines(part: ReportPart): AsyncGenerator<string>;
  /** The failed rows first: whoever reads only the beginning should see those. */
  rows(parts?: readonly ReportPart[]): AsyncGenerator<ReportRow>;
}

export interface ReportPlace {
  readonly objects: Pick<ObjectReader, 'open'>;
  readonly bucket: string;
  readonly keyPrefix: string;
}

/** Null where none was written yet. Holds one line at a time. Throws as the store does. */
export const openReport = async (place: ReportPlace, batch: BatchName): Promise<Report | null> => {
  const location = (file: ReportFile): string =>
    `s3://${place.bucket}/${objectKey(place.keyPrefix, reportKey(batch, file))}`;

  async function* linesOf(file: ReportFile): AsyncGenerator<string> {
    const found = await place.objects.open(location(file));
    if (found === null) throw new OutpaintError('report_missing', `The report of ${batch} lacks ${location(file)}.`);
    for await (const line of createInterface({ input: found.body, crlfDelay: Number.POSITIVE_INFINITY }))
      if (line !== '') yield line;
  }
  const lines = (part: ReportPart): AsyncGenerator<string> => linesOf(`${part}.jsonl`);

  async function* rows(parts: readonly ReportPart[] = ['failed', 'succeeded']): AsyncGenerator<ReportRow> {
    for (const outcome of parts)
      for await (const line of lines(outcome))
        yield { outcome, ...(JSON.parse(line) as SucceededRow & FailedRow) } as ReportRow;
  }

  const found = await place.objects.open(location('manifest.json'));
  if (found === null) return null;
  const chunks: Buffer[] = [];
  for await (const chunk of found.body) chunks.push(chunk as Buffer);
  const manifest = JSON.parse(Buffer.concat(chunks).toString('utf8')) as ReportManifest;
  return { manifest, location, lines, rows };
};
