// GET …/tasks/: what the account has submitted, by page; statuses only, neither results nor errors nor sources.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { admitQuery } from './authenticate.ts';
import { openCall, sendError, sendJson } from './call.ts';
import { type ListQuery, readListQuery } from './list-query.ts';
import { playWireFault } from './play-wire-fault.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { MODEL, type Task } from './task.ts';

/** Presumably the key of this model's tasks; documented only as a format. */
const USER_API_UNIQUE_KEY = `apikey:v1:aigc:image2image:out-painting:${MODEL}`;

export function registerListRoute(app: FastifyInstance, context: SandboxContext): void {
  const answer = async (request: FastifyRequest, reply: FastifyReply) => {
    const call = openCall(context, request, reply, 'list');
    const { caller, error } = admitQuery(call);
    if (error !== null) return sendError(call, error);
    const { now, options, tasks } = context;
    const params = new URL(request.raw.url ?? '/', 'http://sandbox').searchParams;
    const verdict = readListQuery(params, now(), options.pageSizeMax);
    if (verdict.error !== null) return sendError(call, verdict.error);

    const fault = context.faults.take('list', null);
    // `unknown` belongs to a query; the rule's shape already forbids it here.
    if (fault !== null && fault.kind !== 'unknown' && !(await playWireFault(call, fault))) return reply;
    const { query } = verdict;
    const visibleUntil = now() - options.listLagMs;
    const found = tasks
      .list(caller.account.name)
      .filter((task) => task.createdAt <= visibleUntil && isWanted(task, query));
    const { pageNo, pageSize } = query;
    return sendJson(call, 200, {
      total: found.length,
      total_page: Math.ceil(found.length / pageSize),
      page_no: pageNo,
      page_size: pageSize,
      request_id: call.requestId,
      data: found.slice((pageNo - 1) * pageSize, pageNo * pageSize).map(listed),
    });
  };
  app.get('/api/v1/tasks', answer);
  app.get('/api/v1/tasks/', answer);
}

function isWanted(task: Task, { from, to, model, status, taskId, keyId }: ListQuery): boolean {
  return (
    task.createdAt >= from &&
    task.createdAt <= to &&
    (model === null || model === MODEL) &&
    (status === null || status === task.status) &&
    (taskId === null || taskId === task.id) &&
    (keyId === null || keyId === task.keyId)
  );
}

/** Absent times are left out, as in the recorded answers. */
function listed({ id, requestId, keyId, createdAt, scheduledAt, endedAt, status }: Task): unknown {
  return {
    api_key_id: keyId,
    caller_parent_id: '1000000000000001',
    caller_uid: '1000000000000001',
    gmt_create: createdAt,
    ...(scheduledAt === null ? {} : { start_time: scheduledAt }),
    ...(endedAt === null ? {} : { end_time: endedAt }),
    model_name: MODEL,
    region: 'cn-beijing',
    request_id: requestId,
    status,
    task_id: id,
    user_api_unique_key: USER_API_UNIQUE_KEY,
  };
}
