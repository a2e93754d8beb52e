// From a thrown error to what a person is told and the code that the program ends with.
import { codeOf } from '@outpaint/shared/errors/outpaint-error';
import { isRedisAway } from '../stores/redis-away.ts';
import { printable } from '../terminal/printable.ts';
import { EXIT, type ExitCode } from './exit-code.ts';

export interface FailureExit {
  readonly code: ExitCode;
  readonly message: string;
}

/** Our codes that mean: what was asked for is wrong, and asking again as it is will not help. */
const USAGE_CODES: readonly string[] = [
  'settings_invalid',
  'usage_wrong',
  'money_invalid',
  'batch_name_invalid',
  'batch_unknown',
  'batch_cancelled',
  'batch_single',
  'report_missing',
  'expansion_id_invalid',
  'expansion_unknown',
  'letter_unknown',
  'manifest_format_unknown',
  'manifest_mapping_invalid',
  'manifest_unreadable',
  'manifest_too_large',
  'manifest_not_gzip',
  'manifest_cut_off',
  'bad_rows_unwritable',
  'plan_file_invalid',
  'plan_file_unusable',
  'plan_changed',
  'schedule_invalid',
  'schedule_paused',
  'schedule_unknown',
  'tokens_missing',
  'http_port_unavailable',
];

const REDIS_REMEDY =
  'Check that Redis runs and that REDIS_URL leads to it, then try again: what was accepted is kept, and running again costs nothing twice.';

const messageOf = (error: unknown): string => printable(error instanceof Error ? error.message : String(error));

/** Never throws. The message of an error that nobody foresaw names its code and its stack's first line, and no environment. */
export const failureExit = (error: unknown): FailureExit => {
  const code = codeOf(error);
  if (code === 'settings_invalid') return { code: EXIT.usage, message: (error as Error).message };
  if (USAGE_CODES.includes(code)) return { code: EXIT.usage, message: messageOf(error) };
  if (code === 'redis_unreachable') {
    const cause = (error as Error).cause;
    const reason = cause instanceof Error && cause.message !== '' ? ` (${messageOf(cause)})` : '';
    return { code: EXIT.unreachable, message: `${messageOf(error).replace(/\.$/, '')}${reason}. ${REDIS_REMEDY}` };
  }
  if (isRedisAway(error))
    return { code: EXIT.unreachable, message: `Redis stopped answering (${messageOf(error)}). ${REDIS_REMEDY}` };
  // The store's own sentence says what to look at.
  if (code === 'store_unavailable' || code === 'store_refused')
    return { code: EXIT.unreachable, message: messageOf(error) };
  const where = error instanceof Error ? (error.stack?.split('\n')[1]?.trim() ?? '') : '';
  return {
    code: EXIT.internal,
    message: `Something went wrong that nobody foresaw: ${messageOf(error)} [${code}] ${where}`.trimEnd(),
  };
};
