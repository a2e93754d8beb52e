// /_sandbox: what a test in another process needs to watch and to steer the stand-in.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { FaultRuleInput } from './fault-rule.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { type RunTimeChange, RunTimeOptions } from './sandbox-options.ts';

const BySource = z.object({ source: z.string().optional() });
const HoldQuery = z.object({
  wait: z.string().optional(),
  at: z.string().optional(),
  source: z.string().optional(),
  timeoutMs: z.coerce.number().min(0).max(120_000).default(30_000),
});
const HoldFilter = z.strictObject({
  id: z.string().optional(),
  at: z.string().optional(),
  source: z.string().optional(),
});

/** All answers are JSON. A malformed rule or option is a 400 that names the problem and changes nothing. */
export function registerControlRoutes(app: FastifyInstance, context: SandboxContext): void {
  const { faults, holds, ledger, log, options } = context;

  app.get('/_sandbox/ledger', (request) => {
    const { source } = BySource.parse(request.query);
    return {
      rows: ledger.rows(source),
      billed: ledger.billed(source),
      tasks: ledger.tasks(source),
      submits: ledger.submits(source),
      billedTwice: ledger.billedTwice(),
    };
  });
  app.get('/_sandbox/stats', () => ({
    peaks: {
      running: ledger.runningPeak,
      submitsPerSecond: log.peaks.submit,
      queriesPerSecond: log.peaks.query,
      resultsPerSecond: log.peaks.result,
    },
    requests: log.counts(),
    billed: ledger.billed(),
    tasks: ledger.tasks(),
    submits: ledger.submits(),
    held: holds.list().length,
  }));

  app.get('/_sandbox/faults', () => ({ faults: faults.entries() }));
  app.post('/_sandbox/faults', (request) => {
    const body = readJson(request);
    // The book checks every rule itself.
    return { ids: faults.add(...((Array.isArray(body) ? body : [body]) as FaultRuleInput[])) };
  });
  app.delete('/_sandbox/faults', () => {
    faults.clear();
    return { ok: true };
  });

  app.get('/_sandbox/options', () => RunTimeOptions.strip().parse(options));
  app.post('/_sandbox/options', (request) => {
    context.change(readJson(request) as RunTimeChange);
    return { ok: true };
  });
  app.post('/_sandbox/account', (request) => {
    context.change({ account: readJson(request) as NonNullable<RunTimeChange['account']> });
    return { ok: true };
  });

  app.get('/_sandbox/holds', async (request) => {
    const { wait, timeoutMs, ...filter } = HoldQuery.parse(request.query);
    return { holds: wait === undefined ? holds.list() : await holds.waitForOne(filter, timeoutMs) };
  });
  app.post('/_sandbox/holds/release', (request) => {
    const filter = HoldFilter.parse(readJson(request) ?? {});
    return { released: holds.release(filter) };
  });
}

/** Undefined for an empty body. */
function readJson(request: FastifyRequest): unknown {
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return bytes.length === 0 ? undefined : JSON.parse(bytes.toString('utf8'));
}
