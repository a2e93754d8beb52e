// POST …/image2image/out-painting: every accepted call is a new task, the same body twice is two tasks.
import type { FastifyInstance } from 'fastify';
import { API_ERRORS, type ApiError } from './api-error.ts';
import { authenticate } from './authenticate.ts';
import { type Call, openCall, sendError, sendJson } from './call.ts';
import type { SubmitFault } from './fault-rule.ts';
import type { LedgerRow } from './ledger.ts';
import { playWireFault } from './play-wire-fault.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { noteFault } from './task.ts';
import { type SubmitVerdict, validateSubmit } from './validate-submit.ts';

export function registerSubmitRoute(app: FastifyInstance, context: SandboxContext): void {
  app.post('/api/v1/services/aigc/image2image/out-painting', async (request, reply) => {
    const call = openCall(context, request, reply, 'submit');
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const verdict = validateSubmit(body);
    call.source = verdict.order?.source ?? (verdict.error === null ? null : verdict.source);
    const { caller, error } = authenticate(call, 'submit');
    const row = openRow(call, verdict, caller?.keyId ?? null);
    // A call that only forgot the header is refused before it can use up the quota.
    const refusal = error ?? refusedByHeaders(call) ?? refusedByQuota(call, caller) ?? verdict.error;
    if (refusal !== null || caller === null || verdict.order === null) {
      const said = refusal ?? API_ERRORS.keyInvalid;
      row.code = said.code;
      return sendError(call, said);
    }

    const { order } = verdict;
    const create = () => {
      const { keyId, account } = caller;
      const task = context.tasks.create({ ...order, keyId, account: account.name, requestId: call.requestId, row });
      call.taskId = task.id;
    };
    const fault = context.faults.take('submit', order.source);
    if (fault !== null) noteFault(row, fault);
    // A client that gives up waiting does not undo what the service has begun, so the task comes before the fault.
    if (fault !== null && createsTask(fault)) create();
    if (!(await playWireFault(call, fault))) {
      if (fault?.kind === 'error' && call.taskId === null) row.code = fault.code;
      return reply;
    }
    if (call.taskId === null) create();
    const output = { task_status: 'PENDING', task_id: call.taskId };
    return sendJson(call, 200, { output, request_id: call.requestId });
  });
}

function createsTask(fault: SubmitFault): boolean {
  if (fault.kind === 'reset_before') return false;
  if (fault.kind === 'reset_after' || fault.kind === 'slow') return true;
  return fault.created;
}

function refusedByHeaders({ request }: Call): ApiError | null {
  if (request.headers['x-dashscope-async'] !== 'enable') return API_ERRORS.syncCall;
  const type = request.headers['content-type'] ?? '';
  return /^application\/json\b/i.test(type) ? null : API_ERRORS.json;
}

function refusedByQuota({ context }: Call, caller: ReturnType<typeof authenticate>['caller']): ApiError | null {
  const admitted = caller?.account.submits.admit(context.now(), context.options.submitRate) ?? true;
  if (!admitted) return API_ERRORS.rate;
  const { tasks, options } = context;
  return caller !== null && tasks.unfinished(caller.account.name) >= options.tasksMax ? API_ERRORS.concurrency : null;
}

function openRow(call: Call, verdict: SubmitVerdict, keyId: string | null): LedgerRow {
  const row: LedgerRow = {
    taskId: null,
    requestId: call.requestId,
    keyId,
    source: call.source,
    parameters: verdict.order?.parameters ?? null,
    receivedAt: call.context.now(),
    createdAt: null,
    scheduledAt: null,
    endedAt: null,
    status: 'REFUSED',
    code: null,
    billed: false,
    faultApplied: null,
  };
  call.context.ledger.open(row);
  return row;
}
