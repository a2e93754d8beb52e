// `outpaint doctor`: looks at everything that the work rests on, and says what is wrong and what to do. Pays nothing.
import { randomUUID } from 'node:crypto';
import { totalmem } from 'node:os';
import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-code.ts';
import { createOutput, withJsonOption } from './output.ts';

const HELP = `
Examples:
  $ outpaint doctor
  $ outpaint doctor --json

Each check takes five seconds at most. It writes one key and one object of its own and removes them; nothing is paid.

Exit codes:
    0  no problem; there may be warnings and unknowns
    1  at least one problem
    2  settings are wrong; what needs them was not checked`;

export const addDoctorCommand = (program: Command, context: CommandContext): void => {
  withJsonOption(program.command('doctor'))
    .description(
      'checks Redis, the bucket, the API, the key and the settings against each other, with a remedy for each',
    )
    .addHelpText('after', HELP)
    .action(async (options: { json?: boolean }) => {
      // Loaded only now: the clients take a third of a second, and help needs none.
      const [{ runDoctor }, { countsOf, diagnosisText }] = await Promise.all([
        import('../doctor/run-doctor.ts'),
        import('../doctor/diagnosis-text.ts'),
      ]);
      const { checks, settingsAreWrong } = await runDoctor({
        env: context.env,
        clock: context.clock,
        randomId: randomUUID,
        memoryBytes: totalmem(),
      });
      const counts = countsOf(checks);
      createOutput(context.terminal, options).result({ healthy: counts.problem === 0, counts, checks }, () =>
        diagnosisText(checks, context.terminal.paint),
      );
      context.end(settingsAreWrong ? EXIT.usage : counts.problem > 0 ? EXIT.internal : EXIT.ok);
    });
};
