// Opens the stores and the port, and closes both in order when it is told to stop.
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { policyOf } from '@outpaint/shared/config/policy-of';
import type { Settings } from '@outpaint/shared/config/settings';
import type { SettingsPart } from '@outpaint/shared/config/settings-table';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import { connectWorker } from '@outpaint/shared/queue/connections';
import { keysOf } from '@outpaint/shared/record/keys';
import { clientSettingsOf } from '@outpaint/shared/storage/client-config';
import { createObjectReader } from '@outpaint/shared/storage/object-reader';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import { openTracing } from '@outpaint/shared/telemetry/open-tracing';
import { acceptManifest } from '../accept/accept-manifest.ts';
import { refuseWhenFull } from '../accept/accept-rows.ts';
import { createOpenManifest, type OpenManifest } from '../manifest/open-manifest.ts';
import { createPictures } from '../pictures/pictures.ts';
import { createThumbnailMaker } from '../pictures/thumbnail-maker.ts';
import { runSchedules } from '../schedule/run-schedules.ts';
import { openStores, type Stores } from '../stores/open-stores.ts';
import { isLoopback } from './access.ts';
import { createServer } from './create-server.ts';
import { createHttpMetrics } from './http-metrics.ts';
import { createThumbnails } from './thumbnails.ts';

export const SERVER_PARTS = [
  'redis',
  'price',
  'http',
  'log',
  'trace',
  'upstream',
  'poll',
  'retry',
  'delivery',
  'store',
  'line',
  'worker',
] as const satisfies readonly SettingsPart[];
export type ServerSettings = Settings<(typeof SERVER_PARTS)[number]>;

export interface RunningServer {
  /** `http://127.0.0.1:8080`. */
  readonly address: string;
  /** Takes no new connection, lets what is under way end, ends long answers, then closes the stores. */
  stop(): Promise<void>;
}

/** How full Redis is, is asked at most so often. */
const ROOM_LOOK_MS = 2_000;
const HOUR_MS = 3_600_000;
/** A person waits for it. */
const PICTURE_MS_MAX = 30_000;

/** Throws `tokens_missing`, `http_port_unavailable` or `redis_unreachable`. */
export const runServer = async (
  settings: ServerSettings,
  clock: Clock,
  log: Logger,
  o: { readonly schedules: boolean },
): Promise<RunningServer> => {
  const { http } = settings;
  if (!isLoopback(http.httpHost) && http.outpaintApiTokens.length === 0) {
    throw new OutpaintError(
      'tokens_missing',
      `HTTP_HOST=${http.httpHost} can be reached from elsewhere, so OUTPAINT_API_TOKENS must say who may call: outpaint token makes one.`,
    );
  }
  const stores = await openStores(settings, 'http');
  const tracing = await openTracing(settings.trace, 'outpaint-http', log);
  const { store } = settings;
  const objects = createObjectReader({ ...clientSettingsOf(store), requestTimeoutMs: store.s3RequestTimeoutMs });
  const stopping = new AbortController();
  const pictures = createPictures(objects, {
    bucket: settings.store.outpaintBucket,
    keyPrefix: settings.store.outpaintKeyPrefix,
    bytesMax: settings.delivery.resultBytesMax,
    deadlineMs: Math.min(settings.delivery.resultDeadlineMs, PICTURE_MS_MAX),
    addressesAllowed: settings.delivery.resultAddressesAllowed,
  });
  const openManifest = createOpenManifest({
    objects,
    bytesMax: http.httpUploadBytesMax,
    own: { bucket: store.outpaintBucket, keyPrefix: store.outpaintKeyPrefix },
  });
  const maker = createThumbnailMaker();
  const thumbnails = createThumbnails(maker, (error) => log.info({ err: error }, 'thumbnail not made'));
  let lookedAt = Number.NEGATIVE_INFINITY;
  const app = await createServer(
    {
      stores,
      idempotency: stores.idempotency(http.idempotencyKeyHours * HOUR_MS),
      settings,
      pictures,
      openManifest,
      thumbnails,
      policy: policyOf(settings),
      reports: { objects, bucket: store.outpaintBucket, keyPrefix: store.outpaintKeyPrefix },
      clock,
      tracing,
      log,
      newName: randomUUID,
      stopping: stopping.signal,
      demandRoom: async () => {
        if (clock.monotonic() - lookedAt < ROOM_LOOK_MS) return;
        await refuseWhenFull(stores, 0);
        lookedAt = clock.monotonic();
      },
    },
    createHttpMetrics(),
  );
  try {
    await app.listen({ host: http.httpHost, port: http.httpPort });
  } catch (error) {
    await app.close();
    await stores.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new OutpaintError('http_port_unavailable', `HTTP_PORT cannot be opened: ${reason}`, { cause: error });
  }
  const schedules = o.schedules
    ? await startSchedules(settings, stores, openManifest, clock, log, stopping.signal)
    : null;
  const { address, port, family } = app.server.address() as AddressInfo;
  return {
    address: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    stop: async () => {
      stopping.abort();
      await Promise.all([app.close(), schedules?.stop()]);
      objects.close();
      await Promise.all([stores.close(), tracing.close(), maker.close()]);
    },
  };
};

/** On a connection of its own: waiting for work blocks one. */
const startSchedules = async (
  settings: ServerSettings,
  stores: Stores,
  openManifest: OpenManifest,
  clock: Clock,
  log: Logger,
  stop: AbortSignal,
): Promise<{ stop(): Promise<void> }> => {
  const connection = connectWorker(settings.redis.redisUrl, 'schedules');
  connection.on('error', (error) => log.debug({ err: error }, 'schedules: Redis'));
  const running = await runSchedules(
    {
      schedules: stores.schedules,
      batches: stores.batches,
      openManifest,
      accept: (manifest, terms) => acceptManifest({ stores, price: settings.price, stop }, manifest, terms),
      now: () => clock.now(),
      log,
    },
    { connection, queuePrefix: keysOf(settings.redis.outpaintNamespace).queuePrefix },
  );
  return {
    stop: async () => {
      await running.stop();
      connection.disconnect();
    },
  };
};
