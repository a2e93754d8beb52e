// The record of one expansion as code reads it.
import type { BatchName, ExpansionId, TaskId } from '../contract/ids.ts';
import type { ExpansionRequest } from '../contract/request.ts';
import type { TraceContext } from '../contract/trace-context.ts';
import type { FailureEntry } from './failure.ts';
import type { Status } from './status.ts';

/** The newest record layout this code understands; a worker refuses what is newer than itself. */
export const RECORD_VERSION = 1;

/** A task that a held doubt may have made. `created_at` is epoch ms by upstream's clock. */
export interface HeldCandidate {
  readonly task_id: string;
  readonly created_at: number | null;
  readonly status: string;
}

/** Times are epoch milliseconds by Redis' clock unless the name says `upstream`. Null means not (yet) known. */
export interface ExpansionRecord {
  readonly id: ExpansionId;
  readonly version: number;
  readonly batch: BatchName;
  readonly request: ExpansionRequest;
  /** Whose request it was, where its caller said so or somebody follows it. */
  readonly trace: TraceContext | null;
  readonly status: Status;
  /** Raised by every move that adds a token: a token of another hop is stale. */
  readonly hop: number;
  /** When it last left the backlog; null while it waits there. */
  readonly fedAt: number | null;
  /** Names the one right to pay that is, or was last, in force. */
  readonly licence: string | null;
  readonly sentAt: number | null;
  /** When its POST left at the earliest and its exchange ended at the latest, as the worker that sent it measured. */
  readonly sentFrom: number | null;
  readonly failedAt: number | null;
  /** Names the key of its licence, see `keyNameOf`. */
  readonly keyName: string | null;
  readonly doubtAt: number | null;
  readonly doubtCode: string | null;
  /** Set once only a person, or new evidence, can settle the doubt. */
  readonly holdReason: string | null;
  /** Tasks that may be its own, as JSON for people: at most a few. */
  readonly holdCandidates: readonly HeldCandidate[];
  readonly taskId: TaskId | null;
  readonly submitRequestId: string | null;
  readonly submittedAt: number | null;
  readonly polls: number;
  /** When a look last found the task unfinished. */
  readonly lookedAt: number | null;
  readonly pollErrors: number;
  /** Its batch was cancelled: upstream is asked to cancel the task, or has said that it runs. */
  readonly withdraw: 'asked' | 'refused' | null;
  readonly resultUrl: string | null;
  readonly generatedAt: number | null;
  /** When the link ends, by what the link says, else by the documented life of a result. */
  readonly resultExpiresAt: number | null;
  readonly attempts: number;
  readonly sourceAttempts: number;
  readonly deliverAttempts: number;
  /** Consecutive failures of the store; waiting for it spends no attempt. */
  readonly storeErrors: number;
  readonly rescues: number;
  readonly deliveredAt: number | null;
  readonly objectBytes: number | null;
  readonly objectSha256: string | null;
  readonly objectWidth: number | null;
  readonly objectHeight: number | null;
  readonly deadAt: number | null;
  readonly deaths: number;
  readonly deadStage: string | null;
  readonly deadCode: string | null;
  readonly deadClass: string | null;
  readonly deadMessage: string | null;
  readonly deadRequestId: string | null;
  readonly letterWritten: boolean;
  /** `yes` once the task succeeded, `maybe` where nobody can tell, otherwise `no`. */
  readonly billed: 'no' | 'yes' | 'maybe';
  readonly errors: readonly FailureEntry[];
}
