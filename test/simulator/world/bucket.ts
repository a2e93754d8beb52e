// The bucket and the way to a result: puts that ask first, answers that are lost, links that end.
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import type { ImageStore, StoredObject } from '@outpaint/shared/storage/image-store';
import type { DeliverStageDeps } from '@outpaint/worker/deliver/deliver-stage';
import type { Chance } from '../chance.ts';
import type { Actor, Scheduler } from '../scheduler.ts';
import type { Temper } from './temper.ts';

/** An object, and the task whose picture it holds: the picture itself is what says so. */
export interface KeptObject extends StoredObject {
  readonly pictureOf: string;
}

export interface Bucket {
  readonly objects: Map<string, KeptObject>;
  /** Keys whose object was replaced: never, if everybody asks first. */
  readonly overwritten: Set<string>;
  awayUntil: number;
  clientOf(actor: Actor): Pick<ImageStore, 'head' | 'put' | 'presignSource'>;
  downloaderOf(actor: Actor): DeliverStageDeps['downloader'];
}

const away = (): OutpaintError => new OutpaintError('store_unavailable', 'simulated: the store does not answer');

/** `conditional` false is a store, or a client, that does not ask whether something is there. */
export const createBucket = (scheduler: Scheduler, chance: Chance, temper: Temper, conditional: boolean): Bucket => {
  const objects = new Map<string, KeptObject>();
  const overwritten = new Set<string>();

  const call = <T>(actor: Actor, effect: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      scheduler.later(null, scheduler.delay(), () => {
        const fails = bucket.awayUntil > scheduler.now() || chance.hits(temper.storeFault);
        // Half of the failures are lost answers: what was asked has happened.
        const result = fails && chance.hits(0.5) ? null : { value: effect() };
        scheduler.reply(actor, scheduler.delay(), () =>
          fails || result === null ? reject(away()) : resolve(result.value),
        );
      });
    });

  const bucket: Bucket = {
    objects,
    overwritten,
    awayUntil: 0,
    clientOf: (actor) => ({
      presignSource: async (url) => url,
      head: (key) => call(actor, () => objects.get(key) ?? null),
      put: ({ key, body, contentType, sha256Hex, expansionId, taskId }) =>
        call(actor, () => {
          if (objects.has(key)) {
            if (conditional) return { kind: 'exists', etag: null };
            overwritten.add(key);
          }
          const pictureOf = body.toString();
          objects.set(key, {
            expansionId,
            taskId,
            bytes: body.length,
            contentType,
            sha256: sha256Hex,
            etag: null,
            pictureOf,
          });
          return { kind: 'stored', etag: null };
        }),
    }),
    downloaderOf: (actor) => ({
      download: (url) =>
        new Promise((resolve, reject) => {
          scheduler.reply(actor, scheduler.delay(), () => {
            const [taskId = '', signedAt = '0'] = url.slice('sim://'.length).split(/[/?]/);
            if (scheduler.now() - Number(signedAt) * 100_000 > 200_000) {
              return reject(new OutpaintError('result_expired', 'simulated: the link has ended'));
            }
            if (chance.hits(temper.storeFault)) {
              return reject(new OutpaintError('result_unavailable', 'simulated: the download broke'));
            }
            const bytes = Buffer.from(taskId);
            const image = { format: 'jpeg', contentType: 'image/jpeg', width: 8, height: 8 } as never;
            resolve({ bytes, sha256Hex: taskId, image } as never);
          });
        }),
    }),
  };
  return bucket;
};
