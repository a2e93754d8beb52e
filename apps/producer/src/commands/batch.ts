// `outpaint batch`: the commands about one batch.
import type { Command } from 'commander';
import { addBatchCancelCommand } from './batch-cancel.ts';
import { addBatchListCommand } from './batch-list.ts';
import { addBatchPauseCommand } from './batch-pause.ts';
import { addBatchReportCommand } from './batch-report.ts';
import { addBatchResumeCommand } from './batch-resume.ts';
import { addBatchRetryCommand } from './batch-retry.ts';
import { addBatchShowCommand } from './batch-show.ts';
import { addBatchWatchCommand } from './batch-watch.ts';
import type { CommandContext } from './context.ts';
import { helpAfter } from './help-text.ts';

export const addBatchCommand = (program: Command, context: CommandContext): void => {
  const batch = program
    .command('batch')
    .description('look at batches, pause, resume and cancel them')
    .addHelpText('after', helpAfter(['batch list', 'batch watch spring'], []));
  addBatchListCommand(batch, context);
  addBatchShowCommand(batch, context);
  addBatchWatchCommand(batch, context);
  addBatchPauseCommand(batch, context);
  addBatchResumeCommand(batch, context);
  addBatchCancelCommand(batch, context);
  addBatchReportCommand(batch, context);
  addBatchRetryCommand(batch, context);
};
