// Makes apt work in a folder of ours: its lists, its cache and its locks, as root or as anybody.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A mirror that does not answer must not hold up a test run. */
const NETWORK_TIMEOUT_SECONDS = 20;

const configuration = (dir: string, asRoot: boolean): string =>
  [
    `Dir::State "${join(dir, 'state')}";`,
    `Dir::State::lists "${join(dir, 'lists')}";`,
    // What is installed on the machine need not be fetched.
    'Dir::State::status "/var/lib/dpkg/status";',
    `Dir::Cache "${join(dir, 'cache')}";`,
    `Dir::Log "${join(dir, 'log')}";`,
    // The locks of the machine's own apt are not ours to take, and an ordinary user may not.
    'Debug::NoLocking "true";',
    'APT::Install-Recommends "false";',
    `Acquire::http::Timeout "${NETWORK_TIMEOUT_SECONDS}";`,
    `Acquire::https::Timeout "${NETWORK_TIMEOUT_SECONDS}";`,
    'Acquire::Retries "1";',
    'Acquire::Languages "none";',
    // Started by root, apt downloads as the user _apt, who may not write below most checkouts.
    ...(asRoot ? ['APT::Sandbox::User "root";'] : []),
    // Hooks of the machine's own apt (container images have some) would reach outside our folder.
    '#clear APT::Update::Pre-Invoke;',
    '#clear APT::Update::Post-Invoke;',
    '#clear APT::Update::Post-Invoke-Success;',
    '#clear DPkg::Pre-Install-Pkgs;',
    '#clear DPkg::Post-Invoke;',
    '',
  ].join('\n');

/** Writes the configuration and the folders that it names; returns its path, for `apt-get -c`. Safe to repeat. */
export const writeAptConfiguration = async (dir: string): Promise<string> => {
  for (const folder of ['state', 'lists/partial', 'cache/archives/partial', 'log']) {
    await mkdir(join(dir, folder), { recursive: true });
  }
  const path = join(dir, 'apt.conf');
  await writeFile(path, configuration(dir, process.getuid?.() === 0));
  return path;
};
