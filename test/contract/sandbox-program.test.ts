// The stand-in as a program: one line says where it listens, its control address steers it, SIGTERM ends it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openTrialClient } from '@outpaint/sandbox/upstream/trial-client';
import { afterEach, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
let child: ChildProcess | undefined;
afterEach(async () => {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
});

const start = async (env: Record<string, string> = {}) => {
  const started = spawn(process.execPath, ['--conditions=source', 'packages/sandbox/src/main.ts'], {
    cwd: root,
    env: { SANDBOX_SERVICE_MS_MEDIAN: '1', SANDBOX_QUERY_RATE: '1000', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child = started;
  const [line] = await once(started.stdout, 'data');
  const { baseUrl, controlUrl } = JSON.parse(String(line)) as { baseUrl: string; controlUrl: string };
  const control = async (method: string, path: string, body?: unknown) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const response = await fetch(`${controlUrl}${path}`, init);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  return { baseUrl, controlUrl, control, started };
};

describe('the program', () => {
  test('extends a drawn picture from end to end and leaves on SIGTERM', async () => {
    const { baseUrl, controlUrl, control, started } = await start({ SANDBOX_API_KEYS: 'sk-mine' });
    const client = openTrialClient({ baseUrl }, 'sk-mine');
    const source = `${controlUrl}/pictures/shoe.jpg?w=600&h=600`;
    const { body } = await client.untilStatus(await client.taskFor(source), 'SUCCEEDED', 'FAILED');
    expect(body.output).toMatchObject({ task_status: 'SUCCEEDED' });
    const ledger = await control('GET', `/ledger?source=${encodeURIComponent('shoe.jpg')}`);
    expect(ledger.body).toMatchObject({ billed: 1, tasks: 1, submits: 1, billedTwice: [] });
    started.kill('SIGTERM');
    expect(await once(started, 'exit')).toEqual([0, null]);
  });

  test('is steered through its control address', async () => {
    const { baseUrl, control } = await start({ SANDBOX_RESULT_KIND: 'tiny', SANDBOX_SUBMIT_RATE: '100' });
    const client = openTrialClient({ baseUrl });
    const source = 'https://cdn.example.com/a.jpg';
    const hold = { at: 'submit', kind: 'hold', created: true };
    expect((await control('POST', '/faults', [hold])).body).toEqual({ ids: ['fault-1'] });
    const waiting = control('GET', '/holds?wait=1');
    const answer = client.submit(source);
    expect((await waiting).body.holds).toMatchObject([{ at: 'submit', source }]);
    expect((await control('DELETE', '/faults')).status).toBe(200);
    expect((await control('POST', '/holds/release')).body).toEqual({ released: 1 });
    expect((await answer).status).toBe(200);

    await control('POST', '/account', { status: 400, code: 'Arrearage', message: 'pay' });
    expect((await client.submit(source)).body.code).toBe('Arrearage');
    await control('POST', '/account', 'ok');
    await control('POST', '/options', { slots: 0 });
    const id = await client.taskFor(source);
    expect((await client.get(id)).body.output?.task_status).toBe('PENDING');
    const stats = await control('GET', '/stats');
    expect(stats.body).toMatchObject({ submits: 3, tasks: 2, requests: { submit: { '200': 2, '400': 1 } } });
  });

  test('refuses a malformed rule or option and changes nothing', async () => {
    const { control } = await start();
    expect((await control('POST', '/faults', { at: 'submit', kind: 'explode' })).status).toBe(400);
    expect((await control('POST', '/options', { slots: -1 })).status).toBe(400);
    expect((await control('GET', '/faults')).body).toEqual({ faults: [] });
    expect((await control('GET', '/options')).body).toMatchObject({ slots: 5, account: 'ok' });
  });

  test('names every malformed variable and does not start', async () => {
    const broken = spawn(process.execPath, ['--conditions=source', 'packages/sandbox/src/main.ts'], {
      cwd: root,
      env: { SANDBOX_SLOTS: 'many', SANDBOX_FAULTS: '{', LOG_LEVEL: 'loud' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    broken.stderr.on('data', (part) => {
      said += part;
    });
    expect(await once(broken, 'close')).toEqual([2, null]);
    for (const name of ['SANDBOX_SLOTS', 'SANDBOX_FAULTS', 'LOG_LEVEL']) expect(said).toContain(name);
  });
});
