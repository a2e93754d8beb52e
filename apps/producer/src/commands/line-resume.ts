// `outpaint line resume`: opens a halted line at once, for whoever has just put the account, or Redis, right.
import type { Command } from 'commander';
import { countText } from '../terminal/count-text.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { createOutput, withJsonOption } from './output.ts';
import { withStores } from './with-stores.ts';

const OPEN = 'The line runs again. If the account still refuses, the next submit halts it anew.';
const NOT_HALTED = 'The line was not halted.';

export const addLineResumeCommand = (line: Command, context: CommandContext): void => {
  withJsonOption(line.command('resume'))
    .description('open a halted line at once; otherwise a probe opens it when it succeeds')
    .option(
      '--accept-unknown',
      'also where Redis has gone back in time: rows of tasks that nobody knows may be paid again',
    )
    .addHelpText('after', helpAfter(['line resume', 'line resume --accept-unknown'], [0, 5, 7]))
    .action((options: { json?: boolean; acceptUnknown?: boolean }) =>
      withStores(context, async ({ batches }) => {
        const { wentBack } = await batches.line();
        const output = createOutput(context.terminal, options);
        if (wentBack !== null && !options.acceptUnknown) {
          output.result({ changed: false, state: 'halted' }, () =>
            wentBack.lookedAt === null
              ? 'Redis has gone back in time, and nobody has compared it with the upstream yet: start a worker, and look at outpaint line status.'
              : `Redis has gone back in time: ${countText(wentBack.unknownCount, 'task')} of the lost time that no row knows. Put them right (outpaint line status says how); --accept-unknown opens the line as it is, and their rows may be paid again.`,
          );
          context.end(EXIT.lineHalted);
          return;
        }
        const accepted = wentBack !== null && (await batches.acceptUnknown());
        if (accepted && wentBack !== null && wentBack.unknownCount > 0) {
          context.terminal.say(
            `Accepted: ${countText(wentBack.unknownCount, 'task')} that no row knows; their rows may be paid again, unless the picture stands in the bucket.`,
          );
        }
        const opened = await batches.resumeLine();
        const changed = accepted || opened;
        output.result({ changed, state: 'running' }, () => (changed ? OPEN : NOT_HALTED));
        context.end(EXIT.ok);
      }),
    );
};
