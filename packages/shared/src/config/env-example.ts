// The text of `.env.example`, written from the settings table, so that the file cannot say anything that the code does not do.
import type { Setting } from './setting-kinds.ts';
import { SETTINGS_PARTS, SETTINGS_TABLE, type SettingsPart } from './settings-table.ts';

const TITLE_OF_PART = {
  redis: 'Redis',
  upstream: 'The API and its limits, all account-wide and over all workers',
  poll: 'Waiting for tasks',
  retry: 'Trying again',
  delivery: 'Fetching results',
  store: "The bucket; credentials come from the AWS SDK's own chain (AWS_ACCESS_KEY_ID, AWS_PROFILE, a role, …)",
  line: "The account's line: halted while the account is refused, probed now and then",
  price: 'Prices and budgets',
  http: 'The HTTP server (outpaint serve)',
  log: 'Logging, to stderr',
  trace: "Following requests by OpenTelemetry, off unless an exporter is named; its SDK's other OTEL_* hold as well",
  worker: 'One worker',
} as const satisfies Record<SettingsPart, string>;

const HEAD = `# Copy to .env and set what has no default. A line that is commented out shows the default.
# Each variable: what it is · unit · default · bound. An empty value counts as not set.
`;

const paragraphOf = (name: string, setting: Setting): string => {
  const byDefault =
    setting.need === 'required'
      ? 'required, no default'
      : setting.need === 'optional'
        ? 'not set'
        : `default ${setting.default || 'empty'}`;
  const facts = [setting.doc, setting.unit, byDefault, setting.allowed].join(' · ');
  return `# ${facts}\n${setting.need === 'required' ? '' : '# '}${name}=${setting.default ?? ''}`;
};

/** Every variable with meaning, unit, default and bound. `vitest -u` writes the file anew after a change of the table. */
export const envExample = (): string =>
  `${HEAD}${SETTINGS_PARTS.map((part) => {
    const settings = Object.entries<Setting>(SETTINGS_TABLE[part]);
    return `\n## ${TITLE_OF_PART[part]}\n\n${settings.map(([name, setting]) => paragraphOf(name, setting)).join('\n\n')}\n`;
  }).join('')}`;
