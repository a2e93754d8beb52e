// GET …/tasks/{id}: HTTP 200 for every task, also for one that failed or that nobody knows.
import type { FastifyInstance } from 'fastify';
import { admitQuery } from './authenticate.ts';
import { openCall, sendError, sendJson } from './call.ts';
import { playWireFault } from './play-wire-fault.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { noteFault } from './task.ts';
import { taskView, unknownTask } from './task-view.ts';

export function registerQueryRoute(app: FastifyInstance, context: SandboxContext): void {
  app.get<{ Params: { id: string } }>('/api/v1/tasks/:id', async (request, reply) => {
    const call = openCall(context, request, reply, 'get');
    const { id } = request.params;
    const { caller, error } = admitQuery(call);
    if (error !== null) return sendError(call, error);
    const task = context.tasks.find(id, caller.account.name);
    call.taskId = id;
    call.source = task?.source ?? null;

    const fault = context.faults.take('query', call.source);
    if (fault !== null && task !== null) noteFault(task.row, fault);
    if (fault?.kind === 'unknown') return sendJson(call, 200, { request_id: call.requestId, ...unknownTask(id) });
    if (!(await playWireFault(call, fault))) return reply;
    const shown = task === null ? unknownTask(id) : taskView(task, context.results, context.options.resign);
    return sendJson(call, 200, { request_id: call.requestId, ...shown });
  });
}
