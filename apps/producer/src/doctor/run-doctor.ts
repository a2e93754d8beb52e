// Runs every check side by side, each bounded and none able to hide another, and puts the verdicts in order.
import { lookup } from 'node:dns/promises';
import type { Environment, Settings } from '@outpaint/shared/config/settings';
import { readSettings } from '@outpaint/shared/config/settings';
import { SETTINGS_PARTS, type SettingsPart } from '@outpaint/shared/config/settings-table';
import { sentenceOf } from '@outpaint/shared/contract/problem';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import { keysOf } from '@outpaint/shared/record/keys';
import { clientSettingsOf } from '@outpaint/shared/storage/client-config';
import { probeBucket } from '@outpaint/shared/storage/probe-bucket';
import { redisHostOf } from '../stores/open-stores.ts';
import { CHECK_PARTS, type Check, partOf, problem, unknown } from './check.ts';
import { CHECK_MS_MAX, factWithin, reasonOf } from './fact-within.ts';
import { judgeBucket } from './judge-bucket.ts';
import { judgeRedis } from './judge-redis.ts';
import { JUDGED_PARTS, type JudgedSettings, judgeSettings } from './judge-settings.ts';
import { judgeSourceEndpoint } from './judge-source-endpoint.ts';
import { judgeUpstream } from './judge-upstream.ts';
import { isLoopbackHost } from './private-address.ts';
import { probeRedis } from './probe-redis.ts';
import { probeUpstream } from './probe-upstream.ts';
import { strangersOf } from './strangers.ts';

export interface Diagnosis {
  readonly checks: readonly Check[];
  /** Some setting cannot be read; what needs it was not checked. */
  readonly settingsAreWrong: boolean;
}

export interface DoctorInput {
  readonly env: Environment;
  readonly clock: Clock;
  readonly randomId: () => string;
  readonly memoryBytes: number;
}

/** Never rejects. Writes one key to Redis and one object to the bucket and removes both; pays nothing. */
export const runDoctor = async (o: DoctorInput): Promise<Diagnosis> => {
  const { settings, checks: wrong } = readParts(o.env);
  const sections = await Promise.all([
    section('settings', async () => [...strangersOf(o.env), ...judgedSettings(settings, o)]),
    section('redis', () => redisChecks(settings, o)),
    section('bucket', () => bucketChecks(settings, o)),
    section('bucket', () => sourceChecks(settings, o)),
    section('upstream', () => upstreamChecks(settings, o)),
  ]);
  const checks = [...wrong, ...sections.flat()];
  return {
    checks: CHECK_PARTS.flatMap((part) => checks.filter((check) => partOf(check) === part)),
    settingsAreWrong: wrong.length > 0,
  };
};

type Readable = { readonly [Part in SettingsPart]: Settings<Part>[Part] | null };

/** Part by part, so that a wrong poll delay does not keep us from looking at the bucket. */
const readParts = (env: Environment): { settings: Readable; checks: Check[] } => {
  // What is wrong is asked for all parts together: what must hold between two settings may lie across two parts.
  const whole = readSettings(env, SETTINGS_PARTS);
  const checks = (whole.ok ? [] : whole.problems).map((one) => {
    const remedy = one.allowed === undefined ? 'Correct it.' : `Set ${one.field} to ${one.allowed}.`;
    return problem(`settings.${one.field}`, sentenceOf(one), remedy);
  });
  const entries = SETTINGS_PARTS.map((part) => {
    const read = readSettings(env, [part]);
    return [part, read.ok ? read.settings[part] : null] as const;
  });
  return { settings: Object.fromEntries(entries) as Readable, checks };
};

const section = async (
  part: 'settings' | 'redis' | 'bucket' | 'upstream',
  run: () => Promise<Check[]>,
): Promise<Check[]> => {
  try {
    return await run();
  } catch (error) {
    return [
      unknown(
        `${part}.checks`,
        `These checks broke off themselves: ${reasonOf(error)}.`,
        'Please report it; the other checks stand.',
      ),
    ];
  }
};

const notChecked = (id: Check['id']): Check[] => [
  unknown(id, 'It was not checked, for its settings are wrong.', 'Correct the settings first.'),
];

const judgedSettings = (settings: Readable, o: DoctorInput): Check[] => {
  if (JUDGED_PARTS.some((part) => settings[part] === null)) return notChecked('settings.relations');
  return judgeSettings(settings as JudgedSettings, { memoryBytes: o.memoryBytes });
};

const redisChecks = async ({ redis }: Readable, { clock, randomId }: DoctorInput): Promise<Check[]> => {
  if (redis === null) return notChecked('redis.reachable');
  const facts = await probeRedis({
    url: redis.redisUrl,
    probeKey: `${keysOf(redis.outpaintNamespace).prefix}doctor:${randomId()}`,
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
  });
  return judgeRedis(facts, {
    host: redisHostOf(redis.redisUrl),
    durabilityAccepted: redis.redisDurabilityAccepted,
    waitReplicas: redis.redisWaitReplicas,
  });
};

const bucketChecks = async ({ store }: Readable, { clock, randomId }: DoctorInput): Promise<Check[]> => {
  if (store === null) return notChecked('bucket.put');
  const probe = await probeBucket(
    {
      bucket: store.outpaintBucket,
      prefix: store.outpaintKeyPrefix,
      ...clientSettingsOf(store),
      checksums: store.s3Checksums,
      conditionalPut: store.s3ConditionalPut,
      requestTimeoutMs: Math.min(store.s3RequestTimeoutMs, CHECK_MS_MAX),
    },
    { name: randomId(), now: () => clock.now() },
  );
  const at = store.awsEndpointUrlS3 === null ? '' : ` at ${new URL(store.awsEndpointUrlS3).host}`;
  return judgeBucket(probe, { where: `${store.outpaintBucket}${at}`, conditionalPut: store.s3ConditionalPut });
};

const sourceChecks = async ({ store, upstream }: Readable, { env }: DoctorInput): Promise<Check[]> => {
  if (store === null) return notChecked('bucket.source_endpoint');
  // The SDK takes the general variable, too, where S3's own is not set.
  const endpoint = URL.parse(store.awsEndpointUrlS3 ?? env.AWS_ENDPOINT_URL ?? '');
  const host = endpoint === null ? null : endpoint.hostname.replace(/^\[|\]$/g, '');
  const addresses = await factWithin(async () =>
    host === null ? [] : (await lookup(host, { all: true })).map(({ address }) => address),
  );
  const upstreamIsLocal = upstream !== null && isLoopbackHost(new URL(upstream.dashscopeBaseUrl).hostname);
  return [judgeSourceEndpoint({ host, addresses, upstreamIsLocal })];
};

const upstreamChecks = async ({ upstream }: Readable, { clock, randomId }: DoctorInput): Promise<Check[]> => {
  if (upstream === null) return notChecked('upstream.reachable');
  const facts = await probeUpstream({
    baseUrl: upstream.dashscopeBaseUrl,
    apiKey: upstream.dashscopeApiKey,
    requestTimeoutMs: upstream.upstreamRequestTimeoutMs,
    taskId: randomId(),
    now: () => clock.now(),
  });
  return judgeUpstream(facts);
};
