// Everything that a plan has found out, as one object for programs and as lines for people. Pure.
import type { BatchName } from '@outpaint/shared/contract/ids';
import { formatMoney, type MoneyMicro } from '@outpaint/shared/contract/money';
import { warningLines, watermarkLine } from '../manifest/manifest-text.ts';
import type { ManifestSummary } from '../manifest/summarise-rows.ts';
import { byteText, countText, numberText } from '../terminal/count-text.ts';
import { durationText } from '../terminal/duration-text.ts';
import type { BucketCount } from './count-in-bucket.ts';
import type { Eta } from './eta.ts';
import type { MemoryNeed } from './memory-need.ts';
import type { ProbeReport } from './probe/probe-rows.ts';
import { probeLines } from './probe/probe-text.ts';
import type { RowTally } from './tally-rows.ts';

/** Why something was not looked at, in words. */
export interface NotLooked {
  readonly why: string;
}

export interface Plan {
  readonly path: string;
  readonly batch: BatchName;
  readonly summary: ManifestSummary;
  readonly duplicates: number;
  readonly tally: Pick<RowTally, 'twins' | 'firstTwins'>;
  readonly notes: readonly string[];
  readonly price: { readonly each: MoneyMicro; readonly currency: string };
  readonly eta: Eta;
  readonly bucket: BucketCount | NotLooked;
  /** Null where no source was looked at. */
  readonly probe: ProbeReport | null;
  readonly redis: { readonly need: MemoryNeed; readonly rowsKnown: number } | NotLooked;
}

const amountOf = (money: MoneyMicro): string => formatMoney(money, '').trim();

export const planJson = ({
  path,
  batch,
  summary,
  duplicates,
  tally,
  notes,
  price,
  eta,
  bucket,
  redis,
  probe,
}: Plan) => ({
  manifest: path,
  batch,
  rows: summary.rows,
  good: summary.accepted,
  bad: summary.refused,
  unread_after_line: summary.unreadAfter,
  duplicates,
  same_pictures: { rows: tally.twins, first: tally.firstTwins },
  notes,
  problems: summary.problems,
  problems_left_out: summary.refused - summary.problems.length,
  warnings: summary.warnings.map(({ message, rows, firstLine }) => ({ message, rows, first_line: firstLine })),
  modes: summary.modes,
  watermark: summary.watermark,
  price: { amount: amountOf(summary.price), currency: price.currency, per_image: amountOf(price.each) },
  eta: {
    seconds_min: eta.secondsMin,
    seconds_max: eta.secondsMax,
    slots: eta.slots,
    measured_tasks: eta.measured,
    [eta.measured === 0 ? 'assumed_seconds_per_picture' : 'seconds_per_picture']: eta.secondsPerPicture,
  },
  bucket:
    'why' in bucket
      ? { counted: false, why: bucket.why }
      : { counted: true, standing: bucket.standing, listed: bucket.listed, whole: bucket.isWhole },
  probe,
  redis:
    'why' in redis
      ? { asked: false, why: redis.why }
      : {
          asked: true,
          rows_in_batch: redis.rowsKnown,
          waiting_bytes: redis.need.waitingBytes,
          worked_bytes: redis.need.workedBytes,
          free_bytes: redis.need.freeBytes,
          fits: redis.need.fits,
        },
});

export const planText = (plan: Plan): string => {
  const { path, batch, summary, duplicates, price } = plan;
  const there = duplicates > 0 ? ` (of these ${numberText(duplicates)} are there twice)` : '';
  const cost = `${formatMoney(summary.price, price.currency)} at ${formatMoney(price.each, price.currency)} each`;
  return [
    `${path}: ${countText(summary.rows, 'row')} for the batch ${batch}`,
    `good: ${numberText(summary.accepted)} · with problems: ${numberText(summary.refused)}${there}`,
    ...warningLines(summary).map((line) => `warning: ${line}`),
    ...twinLines(plan),
    watermarkLine(summary),
    `price: ${cost}, for what is generated; a failed picture costs nothing`,
    ...probeLines(plan.probe, summary.accepted),
    ...bucketLines(plan),
    timeLine(plan.eta),
    ...redisLines(plan),
    ...plan.notes,
    'nothing was accepted and nothing was paid',
  ].join('\n');
};

const twinLines = ({ tally: { twins, firstTwins } }: Plan): string[] => {
  const [first] = firstTwins;
  if (first === undefined) return [];
  const where = `first on line ${first.line}, as on line ${first.same_as_line}`;
  return [
    `warning: ${countText(twins, 'row wants', 'rows want')} the same picture and parameters as an earlier row under another custom_id, and each is paid: ${where}`,
  ];
};

const bucketLines = ({ bucket }: Plan): string[] => {
  if ('why' in bucket) return [`in the bucket already: not counted (${bucket.why})`];
  const how = `${countText(bucket.listed, 'object')} listed${bucket.isWhole ? '' : ', which is not all of them'}`;
  return [
    `in the bucket already: ${numberText(bucket.standing)} (${how}); what outpaint made of them is not paid again`,
  ];
};

const timeLine = (eta: Eta): string => {
  const from =
    eta.measured === 0
      ? `assumes ${eta.secondsPerPicture} s a picture, the API's one documented sample, to twice that`
      : `from ${countText(eta.measured, 'measured task')}, half of which took so long`;
  return `time: about ${durationText(eta.secondsMin)} to ${durationText(eta.secondsMax)} with ${countText(eta.slots, 'slot')} (UPSTREAM_SLOTS) always busy and no other batch; ${from}`;
};

const redisLines = ({ redis, batch }: Plan): string[] => {
  if ('why' in redis) return [`Redis: not asked (${redis.why})`];
  const { waitingBytes, workedBytes, freeBytes, fits } = redis.need;
  const free = freeBytes === null ? 'no maxmemory is set' : `${byteText(freeBytes)} free for an import`;
  const need = `${byteText(waitingBytes)} while the rows wait, up to ${byteText(workedBytes)} when they are worked on; ${free}`;
  return [
    `Redis: ${need}${fits === false ? '. That is not enough: give Redis more memory, or split the manifest' : ''}`,
    ...(redis.rowsKnown > 0
      ? [
          `the batch ${batch} has ${countText(redis.rowsKnown, 'row')} already; those of them that are in the manifest cost nothing again`,
        ]
      : []),
  ];
};
