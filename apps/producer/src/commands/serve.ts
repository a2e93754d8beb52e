// `outpaint serve`: the HTTP server, until it is told to stop.

import { createLogger } from '@outpaint/shared/telemetry/logger';
import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { settingsOf } from './settings-of.ts';

export const addServeCommand = (program: Command, context: CommandContext): void => {
  program
    .command('serve')
    .description(
      'the HTTP server, which also runs the schedules: /docs shows what it answers; SIGTERM or Ctrl-C stops it',
    )
    .option('--no-schedules', 'leave the schedules to another server')
    .addHelpText('after', helpAfter(['serve', 'HTTP_PORT=9000 outpaint serve'], [0, 2, 5]))
    .action(async (options: { schedules: boolean }) => {
      // Loaded only now: the server takes a third of a second, and help needs none.
      const { runServer, SERVER_PARTS } = await import('../http/run-server.ts');
      const settings = settingsOf(context.env, SERVER_PARTS, { readsBucket: true });
      const log = createLogger({ level: settings.log.logLevel, format: settings.log.logFormat, name: 'http' });
      const told = context.untilTold();
      const server = await runServer(settings, context.clock, log, { schedules: options.schedules });
      log.info({ address: server.address }, 'server started');
      const signal = await told;
      log.info({ signal }, 'stopping: no new requests');
      await server.stop();
      log.info('server stopped');
      context.end(EXIT.ok);
    });
};
