// `outpaint config`: every setting in force, with its unit and where it came from. Shows no secret, asks nobody.
import { type SettingsOverview, type SettingView, settingsOverview } from '@outpaint/shared/config/setting-view';
import { settingsMessage } from '@outpaint/shared/config/settings';
import { SETTINGS_PARTS } from '@outpaint/shared/config/settings-table';
import { sentenceOf } from '@outpaint/shared/contract/problem';
import type { Command } from 'commander';
import { inColumns } from '../terminal/columns.ts';
import type { Paint } from '../terminal/paint.ts';
import { printable } from '../terminal/printable.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-code.ts';
import { createOutput, withJsonOption } from './output.ts';

const HELP = `
Examples:
  $ outpaint config
  $ outpaint config --json

The AWS SDK reads its credentials itself (AWS_ACCESS_KEY_ID, AWS_PROFILE, a role, …); outpaint doctor tries them.

Exit codes:
    0  every setting is right
    2  some are wrong; all of them are named`;

export const addConfigCommand = (program: Command, context: CommandContext): void => {
  withJsonOption(program.command('config'))
    .description('every setting in force: value, unit, and whether the environment or the default gave it')
    .addHelpText('after', HELP)
    .action((options: { json?: boolean }) => {
      const overview = settingsOverview(context.env, SETTINGS_PARTS);
      createOutput(context.terminal, options).result(configJson(overview), () =>
        configText(overview, context.terminal.paint),
      );
      for (const { name, meant } of overview.strangers) {
        context.terminal.say(`${printable(name)} is set, but no setting has this name. Did you mean ${meant}?`);
      }
      if (overview.problems.length > 0) context.terminal.say(settingsMessage(overview.problems));
      context.end(overview.problems.length > 0 ? EXIT.usage : EXIT.ok);
    });
};

const configJson = ({ settings, problems, strangers }: SettingsOverview) => ({
  settings: settings.map(({ doc: _doc, ...setting }) => setting),
  problems: problems.map((problem) => ({
    name: problem.field,
    message: sentenceOf(problem),
    allowed: problem.allowed ?? null,
  })),
  unknown_variables: strangers,
});

const valueText = ({ name, value, source }: SettingView, wrong: ReadonlySet<string>): string => {
  if (wrong.has(name)) return 'wrong, see below';
  if (value === null) return '-';
  return value === '' ? '(empty)' : source === 'unset' ? '-' : printable(value);
};

const UNITS_UNSAID: readonly string[] = ['text', 'flag', 'name', 'URL', 'list'];

const configText = ({ settings, problems }: SettingsOverview, paint: Paint): string => {
  const wrong = new Set(problems.map((problem) => problem.field));
  const rows = settings.map((setting) => [
    `  ${setting.name}`,
    valueText(setting, wrong),
    UNITS_UNSAID.includes(setting.unit) ? '' : setting.unit,
    setting.source,
  ]);
  // Aligned over all parts, so that the eye finds the environment's own at once.
  const lines = inColumns(rows);
  const text: string[] = [];
  for (const [i, setting] of settings.entries()) {
    if (setting.part !== settings[i - 1]?.part) text.push(...(i === 0 ? [] : ['']), paint.strong(setting.part));
    text.push(setting.source === 'default' ? paint.dim(lines[i] ?? '') : (lines[i] ?? ''));
  }
  return text.join('\n');
};
