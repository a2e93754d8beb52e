// Whether this worker may pay: asks Redis how well it remembers.
import { checkDurability } from '@outpaint/shared/queue/check-durability';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import type { WorkerSettings } from './worker-settings.ts';

/** Paid work must not rest on a Redis that forgets: refuses to submit unless somebody has said that it may. */
export const maySubmit = async (
  settings: WorkerSettings,
  redis: Parameters<typeof checkDurability>[0],
  log: Logger,
): Promise<boolean> => {
  const durability = await checkDurability(redis);
  if (durability.kind === 'durable') return true;
  if (durability.kind === 'unknown') {
    log.warn(
      { reason: durability.reason },
      'Redis does not say how durable it is; check that it keeps what it confirms',
    );
    return true;
  }
  if (settings.redis.redisDurabilityAccepted) {
    log.warn(
      { at_risk: durability.reasons },
      'Redis may forget paid tasks; REDIS_DURABILITY_ACCEPTED says that this is accepted',
    );
    return true;
  }
  log.error(
    { at_risk: durability.reasons },
    'nothing is submitted: this Redis may forget paid tasks. Make it durable, or set REDIS_DURABILITY_ACCEPTED=true; polling and delivering go on',
  );
  return false;
};
