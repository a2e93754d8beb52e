// POST …/tasks/{id}/cancel: only a PENDING task can be cancelled.
import type { FastifyInstance } from 'fastify';
import { API_ERRORS } from './api-error.ts';
import { admitQuery } from './authenticate.ts';
import { openCall, sendError, sendJson } from './call.ts';
import { playWireFault } from './play-wire-fault.ts';
import type { SandboxContext } from './sandbox-context.ts';

export function registerCancelRoute(app: FastifyInstance, context: SandboxContext): void {
  app.post<{ Params: { id: string } }>('/api/v1/tasks/:id/cancel', async (request, reply) => {
    const call = openCall(context, request, reply, 'cancel');
    const { caller, error } = admitQuery(call);
    if (error !== null) return sendError(call, error);
    const task = context.tasks.find(request.params.id, caller.account.name);
    call.taskId = request.params.id;
    call.source = task?.source ?? null;

    const fault = context.faults.take('cancel', call.source);
    // `unknown` belongs to a query; the rule's shape already forbids it here.
    if (fault !== null && fault.kind !== 'unknown' && !(await playWireFault(call, fault))) return reply;
    if (task === null || !context.tasks.cancel(task)) return sendError(call, API_ERRORS.cancel);
    return sendJson(call, 200, { request_id: call.requestId });
  });
}
