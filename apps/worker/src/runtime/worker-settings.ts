// The worker's settings, and what each part of the worker is told of them.
import type { FeedTerms } from '@outpaint/shared/batch/batch-store';
import type { Settings } from '@outpaint/shared/config/settings';
import { keyNameOf } from '@outpaint/shared/contract/key-name';
import type { DownloadSettings } from '@outpaint/shared/download/create-downloader';
import type { LookTerms } from '@outpaint/shared/lifecycle/look-plan';
import type { Stage } from '@outpaint/shared/lifecycle/stage';
import type { LicenceTerms } from '@outpaint/shared/record/record-store';
import { clientSettingsOf } from '@outpaint/shared/storage/client-config';
import type { ImageStoreSettings } from '@outpaint/shared/storage/s3-image-store';
import type { UpstreamSettings } from '@outpaint/shared/upstream/call';

export const WORKER_PARTS = [
  'redis',
  'upstream',
  'poll',
  'retry',
  'delivery',
  'store',
  'line',
  'price',
  'log',
  'trace',
  'worker',
] as const;
export type WorkerSettings = Settings<(typeof WORKER_PARTS)[number]>;

/** Tasks that may exist at once: those at work and a few PENDING, so that no slot idles while we look. */
const slotsOf = (settings: WorkerSettings): number =>
  settings.upstream.upstreamSlots + settings.upstream.upstreamOverhang;

/** Every worker holds what it remembers against Redis once a sweep; one may have just begun. */
const LOOKS_OF_REST = 2;

/** A percentage threshold says nothing before this many rows have ended. */
const THRESHOLD_SAMPLE_MIN = 20;

export const licenceTermsOf = (settings: WorkerSettings): LicenceTerms => ({
  slots: slotsOf(settings),
  submitGapMs: Math.ceil(1_000 / settings.upstream.submitRatePerSecond),
  undeliveredMax: settings.delivery.undeliveredMax,
  undeliveredAgeMsMax: settings.delivery.undeliveredAgeMsMax,
  priceMicro: Number(settings.price.pricePerImage),
  // The answer may take the whole request timeout; only then, and a margin later, nobody is coming back with it.
  watchMs: settings.upstream.upstreamRequestTimeoutMs + settings.worker.rescueMarginMs,
  lineProbeMsMax: settings.line.lineProbeMsMax,
  thresholdSampleMin: THRESHOLD_SAMPLE_MIN,
  restMs: LOOKS_OF_REST * settings.worker.sweepEveryMs,
  keyName: keyNameOf(settings.upstream.dashscopeApiKey),
});

/** Of the query quota, what is left to looks at tasks; the rest is for fresh links and for people. */
const QUERY_SHARE = 0.7;

export const lookTermsOf = (settings: WorkerSettings): LookTerms => ({
  queriesPerSecond: (QUERY_SHARE * settings.upstream.queryRatePerSecond) / slotsOf(settings),
});

export const feedTermsOf = (settings: WorkerSettings): FeedTerms => ({
  slots: slotsOf(settings),
  undeliveredMax: settings.delivery.undeliveredMax,
  undeliveredAgeMsMax: settings.delivery.undeliveredAgeMsMax,
  // A fed row waits for the bucket's answer and for the pace.
  watchMs: settings.store.s3RequestTimeoutMs + settings.worker.rescueMarginMs,
  rowsMax: 100,
});

export const upstreamOf = ({ upstream }: WorkerSettings): UpstreamSettings => ({
  baseUrl: upstream.dashscopeBaseUrl,
  apiKey: upstream.dashscopeApiKey,
  requestTimeoutMs: upstream.upstreamRequestTimeoutMs,
  submit5xxInDoubt: upstream.submit5xxInDoubt,
});

export const deliveryOf = ({ delivery }: WorkerSettings): DownloadSettings => ({
  hostsAllowed: delivery.resultHostsAllowed,
  addressesAllowed: delivery.resultAddressesAllowed,
  bytesMax: delivery.resultBytesMax,
  deadlineMs: delivery.resultDeadlineMs,
});

export const storeOf = ({ store }: WorkerSettings): ImageStoreSettings => ({
  bucket: store.outpaintBucket,
  prefix: store.outpaintKeyPrefix,
  ...clientSettingsOf(store),
  checksums: store.s3Checksums,
  conditionalPut: store.s3ConditionalPut,
  requestTimeoutMs: store.s3RequestTimeoutMs,
});

export const concurrencyOf = ({ worker }: WorkerSettings): Record<Stage, number> => ({
  submit: worker.submitConcurrency,
  poll: worker.pollConcurrency,
  deliver: worker.deliverConcurrency,
});
