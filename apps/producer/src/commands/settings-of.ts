// The settings of a command: only the parts that it needs, and never the account's key.
import { type Environment, type Settings, settingsOrThrow } from '@outpaint/shared/config/settings';
import type { SettingsPart } from '@outpaint/shared/config/settings-table';

/**
 * Required settings of the worker that no command of ours uses: only a worker speaks to the API and to the bucket, and the
 * server, which shows pictures where it is told the bucket.
 * They are replaced, so that a desk without a key can plan, accept and redrive, and so that the key is in no memory of it.
 */
const NOT_OURS = { DASHSCOPE_API_KEY: 'not-read-here', OUTPAINT_BUCKET: 'not-read-here' } as const;

/** Throws `settings_invalid`, whose message names every problem by its variable. */
export const settingsOf = <const Part extends SettingsPart>(
  env: Environment,
  parts: readonly Part[],
  o: { readonly readsBucket?: boolean } = {},
): Settings<Part> => {
  const { OUTPAINT_BUCKET: bucket } = env;
  const own = o.readsBucket === true && bucket !== undefined && bucket !== '' ? { OUTPAINT_BUCKET: bucket } : {};
  return settingsOrThrow({ ...env, ...NOT_OURS, ...own }, parts);
};

/** The parts that the policy of a redrive is made of. */
export const POLICY_PARTS = ['upstream', 'poll', 'retry', 'delivery', 'store', 'line', 'worker'] as const;
