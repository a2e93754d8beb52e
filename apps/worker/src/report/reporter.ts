// Writes the reports that are owed, one worker each; killed in between, another one writes it anew.
import { SINGLE_BATCH } from '@outpaint/shared/contract/ids';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import { type Rounds, startRounds } from '../rounds/start-rounds.ts';
import { CLAIM_MS, restOf, type WriteReportDeps, writeReport } from './write-report.ts';

export interface ReporterDeps extends WriteReportDeps {
  /** How long ended rows are kept after it. */
  readonly retentionMs: number;
  readonly everyMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A batch that was paused and has rows at work comes to rest when they end, which nothing announces. */
const LOOK_AGAIN_MS = 1_000;

/** False where nothing is due. */
const writeOne = async (deps: ReporterDeps, stopped: AbortSignal): Promise<boolean> => {
  const owed = await deps.reports.claim(CLAIM_MS);
  if (owed === null) return false;
  const batch = owed.name === SINGLE_BATCH ? null : await deps.batches.read(owed.name);
  const rest = batch === null ? null : restOf(batch);
  if (rest !== null) {
    const { written_at, files } = await writeReport(deps, owed, rest, stopped);
    await deps.reports.settle(owed, 'written', deps.retentionMs);
    const rows = { succeeded: files['succeeded.jsonl'].rows, failed: files['failed.jsonl'].rows };
    deps.log.info({ batch: owed.name, ended: rest, written_at, ...rows }, 'report written');
  } else if (batch?.run === 'paused') await deps.reports.keep(owed.name, LOOK_AGAIN_MS);
  else await deps.reports.settle(owed, 'dropped');
  return true;
};

export const startReporter = (deps: ReporterDeps): Rounds =>
  startRounds({ ...deps, failure: 'report not written; it is tried again in a minute' }, async (stopped) => {
    while (!stopped.aborted && (await writeOne(deps, stopped)));
  });
