// The report of a batch to take along, once it is written.
import type { Batch } from '../api/client.ts';
import { t, time } from '../text/locale.ts';

const FORMATS = ['csv', 'jsonl', 'html'] as const;

export const ReportLinks = ({ batch }: { batch: Batch }) => {
  if (batch.reported_at === null) return null;
  const path = `/v1/batches/${encodeURIComponent(batch.name)}/report/rows`;
  return (
    <p class="report">
      {t('report')} ({time(batch.reported_at)}):{' '}
      {FORMATS.map((format) => (
        <a key={format} href={`${path}?format=${format}`} download={`${batch.name}.${format}`}>
          {format.toUpperCase()}
        </a>
      ))}
    </p>
  );
};
