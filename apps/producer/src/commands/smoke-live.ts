// `outpaint smoke-live`: a few paid pictures against the real API, to settle what its documentation leaves open.
import { randomUUID } from 'node:crypto';
import { settingsOrThrow } from '@outpaint/shared/config/settings';
import { formatMoney } from '@outpaint/shared/contract/money';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import type { Command } from 'commander';
import { isLoopbackHost, isPrivateAddress } from '../doctor/private-address.ts';
import { PICTURES_MAX } from '../smoke-live/purse.ts';
import { openReportFile } from '../smoke-live/report-file.ts';
import { reportText } from '../smoke-live/report-text.ts';
import type { TrialReport } from '../smoke-live/run-trial.ts';
import { scrubbed } from '../smoke-live/scrub.ts';
import { countText } from '../terminal/count-text.ts';
import type { CommandContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { oneMore } from './one-more.ts';
import { createOutput, withJsonOption } from './output.ts';

const HELP = `
It pays for N pictures at most: each is counted before it is sent, and comes back only when the API says that it
failed or was cancelled, which is not billed. Beyond that it sends, at most twice more, a request that extends nothing,
and only if this run has just seen the same request fail unbilled. Sources must be public addresses (the API fetches
them). Stop the workers of this account first: they would share its slots, see tasks that they do not know, and be
throttled when the run asks too fast at its end, on purpose and for a moment.

Example:
  $ outpaint smoke-live --yes-spend 5 --source https://cdn.example.com/1.jpg --source https://cdn.example.com/2.jpg

Exit codes:
    0  the run went through; the report says what it settled
    2  wrong usage or settings, and then nothing was sent; or the API refused a picture
    5  the API is unreachable
    6  the answer to a submit was lost: it counts as paid
    7  the account refuses
  130  interrupted; the report holds what was seen`;

interface SmokeOptions {
  readonly yesSpend?: string;
  readonly source: readonly string[];
  readonly out?: string;
  readonly json?: boolean;
}

const TICK_MS_MAX = 1_000;
export const addSmokeLiveCommand = (program: Command, context: CommandContext): void => {
  withJsonOption(
    program
      .command('smoke-live')
      .description(`asks the real API what its documentation leaves open; pays for ${PICTURES_MAX} pictures at most`)
      .option('--yes-spend <n>', `pictures that may be paid for, 1 to ${PICTURES_MAX}; nothing is sent without it`)
      .option('--source <url>', 'a public address of a picture (repeat it for more)', oneMore, [])
      .option('--out <file>', 'where the report goes; smoke-live-<date>.json otherwise'),
  )
    .addHelpText('after', HELP)
    .action(async (options: SmokeOptions) => context.end(await smokeLive(context, options)));
};

const refuse = (message: string): never => {
  throw new OutpaintError('usage_wrong', message);
};

const checkSources = (sources: readonly string[], upstreamIsLocal: boolean): void => {
  if (sources.length === 0) refuse('Name a public picture with --source: the API fetches it itself. Nothing was sent.');
  for (const source of sources) {
    const url = URL.parse(source);
    if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
      refuse(`--source must be an http or https address, not "${source.slice(0, 80)}".`);
    }
    const host = (url?.hostname ?? '').replace(/^\[|\]$/g, '');
    if (!upstreamIsLocal && (isLoopbackHost(host) || isPrivateAddress(host))) {
      refuse(`The API cannot fetch ${host}: name an address that is public.`);
    }
  }
};

const smokeLive = async (context: CommandContext, options: SmokeOptions): Promise<ExitCode> => {
  const { terminal } = context;
  const settings = settingsOrThrow(context.env, ['upstream', 'poll', 'delivery', 'price']);
  const { upstream, price } = settings;
  const costOf = (pictures: number): string => formatMoney(pictures * price.pricePerImage, price.priceCurrency);
  if (options.yesSpend === undefined) {
    refuse(
      `This pays for pictures, ${costOf(1)} each: say how many with --yes-spend 1 to ${PICTURES_MAX} (${costOf(PICTURES_MAX)}).`,
    );
  }
  const pictures = /^\d$/.test(options.yesSpend ?? '') ? Number(options.yesSpend) : 0;
  if (pictures < 1 || pictures > PICTURES_MAX) refuse(`--yes-spend takes 1 to ${PICTURES_MAX} pictures.`);
  const host = new URL(upstream.dashscopeBaseUrl);
  checkSources(options.source, isLoopbackHost(host.hostname));
  if (upstream.dashscopeKeyDedicated) {
    refuse(
      'DASHSCOPE_KEY_DEDICATED is true, so a worker may adopt a task of this run for a lost one of its own: stop the workers and set it to false for this run.',
    );
  }
  const offer = `This submits up to ${countText(pictures, 'picture')} to ${host.host} and costs up to ${costOf(pictures)}.`;
  terminal.say(offer);
  if (terminal.asks && !(await terminal.ask('Go on?'))) {
    terminal.say('Nothing was sent.');
    return EXIT.ok;
  }
  const date = new Date(context.clock.now()).toISOString().slice(0, 10);
  const file = await openReportFile(options.out ?? `smoke-live-${date}.json`);
  const interrupt = new AbortController();
  const unhear = context.onInterrupt(() => interrupt.abort());
  const { runTrial } = await import('../smoke-live/run-trial.ts');
  // Whatever signs a source stands in its query, under a name that nobody can list.
  const queries = options.source.map((source) => /\?([^#]+)/.exec(source)?.[1] ?? '').filter((query) => query !== '');
  const scrubTerms = { secrets: [upstream.dashscopeApiKey, ...queries], salt: randomUUID() };
  let shown: object = { error: 'The run broke off before it had anything to report.' };
  try {
    const report = await runTrial({
      upstream: {
        baseUrl: upstream.dashscopeBaseUrl,
        apiKey: upstream.dashscopeApiKey,
        requestTimeoutMs: upstream.upstreamRequestTimeoutMs,
        // Whatever may have been paid counts as paid.
        submit5xxInDoubt: true,
      },
      queriesPerSecond: upstream.queryRatePerSecond,
      result: {
        hostsAllowed: settings.delivery.resultHostsAllowed,
        bytesMax: settings.delivery.resultBytesMax,
        deadlineMs: settings.delivery.resultDeadlineMs,
      },
      pictures,
      sources: options.source,
      tickMs: Math.min(TICK_MS_MAX, settings.poll.pollDelayMsMin),
      clock: context.clock,
      signal: interrupt.signal,
      randomId: randomUUID,
      say: (step) => terminal.say(`… ${step}`),
    });
    const { pictures: made, ...rest } = report;
    const whole = {
      v: 1,
      made_at: new Date(context.clock.now()).toISOString(),
      base_url: upstream.dashscopeBaseUrl,
      ...rest,
    };
    // Before the pictures: a full disk must not cost what was learnt.
    shown = scrubbed(whole, scrubTerms) as object;
    const saved: string[] = [];
    for (const [i, { bytes, size }] of made.entries()) {
      saved.push(await file.writePicture(i + 1, size?.format === 'png' ? 'png' : 'jpg', bytes));
    }
    shown = { ...shown, pictures: saved };
    const { exchanges: _evidence, ...summary } = shown as typeof whole & { pictures: string[] };
    createOutput(terminal, options).result({ report: file.path, ...summary }, () =>
      reportText(report, summary.answers, costOf(report.spend.counted), terminal.paint),
    );
    return exitOf(report);
  } finally {
    unhear();
    await file.write(shown);
    terminal.say(`The report with all exchanges is in ${file.path}; it holds no key and no signature.`);
  }
};

const exitOf = ({ stopped }: TrialReport): ExitCode => {
  switch (stopped?.reason) {
    case 'in_doubt':
      return EXIT.inDoubt;
    case 'refused':
      return EXIT.usage;
    case 'account':
      return EXIT.lineHalted;
    case 'unreachable':
      return EXIT.unreachable;
    case 'interrupted':
      return EXIT.detached;
    default:
      return EXIT.ok;
  }
};
