// The program `outpaint`: its commands, and what becomes of a wrong call or an error.
import { Command, CommanderError } from 'commander';
import { addBatchCommand } from './batch.ts';
import { addConfigCommand } from './config.ts';
import type { CommandContext } from './context.ts';
import { addDeadLetterCommand } from './dead-letter.ts';
import { addDoctorCommand } from './doctor.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { addExpansionCommand } from './expansion.ts';
import { failureExit } from './failure-exit.ts';
import { helpAfter } from './help-text.ts';
import { addLineCommand } from './line.ts';
import { addPlanCommand } from './plan.ts';
import { addReconcileCommand } from './reconcile.ts';
import { addRunCommand } from './run.ts';
import { addScheduleCommand } from './schedule.ts';
import { addServeCommand } from './serve.ts';
import { addSmokeLiveCommand } from './smoke-live.ts';
import { addTokenCommand } from './token.ts';

const createProgram = (context: CommandContext): Command => {
  const program = new Command('outpaint')
    .description('Expands pictures by the hundred thousand through DashScope, and never pays twice for one.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.terminal.data(text),
      writeErr: (text) => context.terminal.say(text),
    })
    .showHelpAfterError('(outpaint help shows the commands, and --help after a command its options)')
    .addHelpText(
      'after',
      helpAfter(['plan spring.csv', 'run spring.csv --budget 18000 --max-failures 5%', 'batch watch spring'], []),
    )
    .addHelpText(
      'after',
      '\nSettings come from the environment; .env.example lists them. Data goes to stdout, messages to stderr.',
    );
  addPlanCommand(program, context);
  addRunCommand(program, context);
  addBatchCommand(program, context);
  addExpansionCommand(program, context);
  addDeadLetterCommand(program, context);
  addLineCommand(program, context);
  addReconcileCommand(program, context);
  addDoctorCommand(program, context);
  addConfigCommand(program, context);
  addScheduleCommand(program, context);
  addServeCommand(program, context);
  addTokenCommand(program, context);
  addSmokeLiveCommand(program, context);
  return program;
};

/** Runs one call of the program to its end. Never throws and never ends the process. */
export const runProgram = async (args: readonly string[], given: Omit<CommandContext, 'end'>): Promise<ExitCode> => {
  let code: ExitCode = EXIT.ok;
  const end = (chosen: ExitCode): void => {
    code = chosen;
  };
  try {
    await createProgram({ ...given, end }).parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    // Commander has printed its own message already; help and version are no failures.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const failure = failureExit(error);
    given.terminal.say(failure.message);
    return failure.code;
  } finally {
    given.terminal.clearProgress();
  }
};
