// What every route is given.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Settings } from '@outpaint/shared/config/settings';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import type { Policy } from '@outpaint/shared/lifecycle/policy';
import type { IdempotencyStore } from '@outpaint/shared/record/idempotency-store';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import type { Tracing } from '@outpaint/shared/telemetry/tracing';
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';

import type { OpenManifest } from '../manifest/open-manifest.ts';
import type { Pictures } from '../pictures/pictures.ts';
import type { ReportPlace } from '../report/open-report.ts';
import type { Stores } from '../stores/open-stores.ts';
import type { Caller } from './access.ts';
import type { Thumbnails } from './thumbnails.ts';

export interface ServerContext {
  readonly stores: Stores;
  readonly idempotency: IdempotencyStore;
  readonly settings: Settings<'http' | 'price' | 'upstream'>;
  readonly pictures: Pictures;
  readonly openManifest: OpenManifest;
  readonly thumbnails: Thumbnails;
  readonly policy: Policy;
  /** Where reports of batches stand. */
  readonly reports: ReportPlace;
  readonly clock: Clock;
  readonly tracing: Tracing;
  readonly log: Logger;
  /** A name that is never the same twice: for a call's token, or an expansion without a name. */
  readonly newName: () => string;
  /** Aborted when the server begins to stop: long answers end. */
  readonly stopping: AbortSignal;
  callerOf(request: FastifyRequest): Caller;
  /** Throws `redis_nearly_full` where no new work should come in now. */
  demandRoom(): Promise<void>;
}

export type App = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;

/** A group of routes. */
export type Routes = (app: App, context: ServerContext) => void;
