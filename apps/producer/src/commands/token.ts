// `outpaint token`: a new token for the HTTP server, shown once, and the line that lets it in.
import { createHash, randomBytes } from 'node:crypto';
import { SCOPES } from '@outpaint/shared/config/api-tokens';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-code.ts';
import { helpAfter } from './help-text.ts';
import { createOutput, withJsonOption } from './output.ts';

interface TokenOptions {
  readonly scopes: string;
  readonly batchPrefix: string;
  readonly json?: boolean;
}

const SECRET_BYTES = 32;

export const addTokenCommand = (program: Command, context: CommandContext): void => {
  withJsonOption(program.command('token'))
    .description('make a token for the HTTP server; only its hash is kept, in OUTPAINT_API_TOKENS')
    .argument('<name>', 'who will use it: 1 to 64 of A-Z a-z 0-9 . _ -')
    .option('--scopes <scopes>', `some of ${SCOPES.join(', ')}, with commas`, 'read,enqueue')
    .option('--batch-prefix <prefix>', 'only batches that begin with it', '')
    .addHelpText('after', helpAfter(['token shop', 'token night --scopes read,enqueue --batch-prefix night-'], [0, 2]))
    .action((name: string, options: TokenOptions) => {
      const scopes = options.scopes.split(',').map((scope) => scope.trim());
      const known = scopes.every((scope) => (SCOPES as readonly string[]).includes(scope));
      if (!known || !/^[A-Za-z0-9._-]{1,64}$/.test(name) || !/^[A-Za-z0-9._-]{0,128}$/.test(options.batchPrefix)) {
        throw new OutpaintError(
          'usage_wrong',
          `A token has a name and a batch prefix of A-Z a-z 0-9 . _ -, and scopes of ${SCOPES.join(', ')}.`,
        );
      }
      const token = `op_${randomBytes(SECRET_BYTES).toString('base64url')}`;
      const sha256 = createHash('sha256').update(token, 'utf8').digest('hex');
      const entry = `${name}:${scopes.join('+')}:${options.batchPrefix}:${sha256}`;
      createOutput(context.terminal, options).result(
        { name, scopes, batch_prefix: options.batchPrefix, token, entry },
        () => token,
      );
      context.terminal.say(
        'This is the only time that the token is shown. Add to OUTPAINT_API_TOKENS, with a comma before it:',
      );
      context.terminal.say(entry);
      context.end(EXIT.ok);
    });
};
