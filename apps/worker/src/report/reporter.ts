// Writes the reports that are owed, one worker each; killed in between, another one writes it anew.
import { SINGLE_BATCH } from '@outpaint/shared/contract/ids';
import { codeOf } from '@outpaint/shared/errors/outpaint-error';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import type { Logger } from '@outpaint/shared/telemetry/logger';
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

/** Looks on start and then at intervals, until stopped. */
export const startReporter = (deps: ReporterDeps): { stop(): Promise<void> } => {
  const stopped = new AbortController();

  /** False where nothing is due. */
  const writeOne = async (): Promise<boolean> => {
    const owed = await deps.reports.claim(CLAIM_MS);
    if (owed === null) return false;
    const batch = owed.name === SINGLE_BATCH ? null : await deps.batches.read(owed.name);
    const rest = batch === null ? null : restOf(batch);
    if (rest !== null) {
      const { written_at, files } = await writeReport(deps, owed, rest, stopped.signal);
      await deps.reports.settle(owed, 'written', deps.retentionMs);
      const rows = { succeeded: files['succeeded.jsonl'].rows, failed: files['failed.jsonl'].rows };
      deps.log.info({ batch: owed.name, ended: rest, written_at, ...rows }, 'report written');
    } else if (batch?.run === 'paused') await deps.reports.keep(owed.name, LOOK_AGAIN_MS);
    else await deps.reports.settle(owed, 'dropped');
    return true;
  };
  const loop = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      try {
        while (!stopped.signal.aborted && (await writeOne()));
      } catch (error) {
        if (!stopped.signal.aborted)
          deps.log.error({ code: codeOf(error), err: error }, 'report not written; it is tried again in a minute');
      }
      await deps.clock.wait(deps.everyMs, stopped.signal);
    }
  };
  const running = loop();
  return {
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
};
