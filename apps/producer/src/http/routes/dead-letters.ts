// The desk: what died and why, and back to work from the stage that it reached.
import { type ExpansionId, isExpansionId } from '@outpaint/shared/contract/ids';
import { z } from 'zod';
import { type DeadFilter, deadRows, isDead } from '../../desk/dead-rows.ts';
import { redrivePlan } from '../../desk/redrive-plan.ts';
import { redriveRows } from '../../desk/redrive-rows.ts';
import { deadRowJson } from '../../view/dead-letter-json.ts';
import { type Caller, maySee } from '../access.ts';
import { deadCodes } from '../dead-codes.ts';
import { cursorAfter, pageQuery, readCursor } from '../page.ts';
import { HttpProblem } from '../problem.ts';
import { deadLetterSchema, pageOf, problems, problemsWithoutInput } from '../responses.ts';
import type { Routes, ServerContext } from '../server-context.ts';

const REDRIVE_ROWS_MAX = 1_000;

const detailSchema = deadLetterSchema
  .extend({
    request: z.object({ source: z.string(), parameters: z.record(z.string(), z.unknown()) }).loose(),
    errors: z.array(z.object({ at: z.number(), stage: z.string(), code: z.string(), message: z.string() }).loose()),
    redrive: z
      .object({
        stage: z.string(),
        pays: z.enum(['nothing', 'once', 'again', 'perhaps_again']),
        reason: z.string().nullable(),
      })
      .meta({ description: 'where a redrive goes on and what it costs; with a reason only pay_again takes it' }),
    history: z.array(z.object({ at: z.iso.datetime(), event: z.string(), status: z.string(), detail: z.string() })),
  })
  .meta({ id: 'DeadLetterDetail' });

export const redriveBody = z.strictObject({
  ids: z.array(z.string().max(64)).min(1).max(REDRIVE_ROWS_MAX).optional(),
  code: z.string().max(128).optional(),
  batch: z.string().max(128).optional(),
  all: z.boolean().optional(),
  pay_again: z.boolean().default(false).meta({
    description: 'also submit anew what was, or may have been, paid for: costs one more picture each',
  }),
  limit: z.int().min(1).max(REDRIVE_ROWS_MAX).default(REDRIVE_ROWS_MAX),
});

export const redriveAnswer = z
  .object({
    redriven: z.int(),
    left: z
      .int()
      .meta({ description: 'of those that were looked at, would pay a second time; only pay_again takes them' }),
    moved: z.int().meta({ description: 'not dead-lettered (any more)' }),
    more: z.boolean().meta({ description: 'the limit was reached: send the same again' }),
    rows: z.array(
      z.object({ id: z.string(), outcome: z.string(), stage: z.string().optional(), reason: z.string().optional() }),
    ),
  })
  .meta({ id: 'RedriveAnswer' });

interface Selected {
  readonly ids: readonly ExpansionId[];
  /** Passed over on the way: they stay where they are, and would stand in the way of the next call as well. */
  readonly left: readonly { readonly id: ExpansionId; readonly reason: string }[];
  /** There are others behind these. */
  readonly more: boolean;
}

const selection = async (
  context: ServerContext,
  caller: Caller,
  body: z.infer<typeof redriveBody>,
): Promise<Selected> => {
  const { ids, code, batch, all, limit } = body;
  const ways = [ids !== undefined, code !== undefined || batch !== undefined, all === true].filter(Boolean).length;
  if (ways !== 1)
    throw new HttpProblem('request_invalid', 'Say which rows: ids, or code and batch, or all (one of the three).');
  if (ids !== undefined) {
    const records = await context.stores.records.readMany(ids.filter(isExpansionId));
    return {
      ids: records.flatMap((record) => (record && maySee(caller, record.batch) ? [record.id] : [])),
      left: [],
      more: false,
    };
  }
  const filter: DeadFilter = { ...(code === undefined ? {} : { code }), ...(batch === undefined ? {} : { batch }) };
  const found: ExpansionId[] = [];
  const left: Selected['left'][number][] = [];
  for await (const record of deadRows(context.stores, filter, Number.MAX_SAFE_INTEGER)) {
    if (!maySee(caller, record.batch)) continue;
    const plan = redrivePlan(record, body.pay_again, context.policy);
    if (plan.kind === 'left') left.push({ id: record.id, reason: plan.reason });
    else if (found.length === limit) return { ids: found, left, more: true };
    else found.push(record.id);
  }
  return { ids: found, left, more: false };
};

/** Which rows, and what became of each; the one way of all routes that redrive. */
export const redriveSelected = async (
  context: ServerContext,
  caller: Caller,
  body: z.infer<typeof redriveBody>,
): Promise<z.infer<typeof redriveAnswer>> => {
  const { ids, left, more } = await selection(context, caller, body);
  const counts = { redriven: 0, left: left.length, moved: 0 };
  const rows: { id: string; outcome: string; stage?: string; reason?: string }[] = left
    .slice(0, REDRIVE_ROWS_MAX)
    .map(({ id, reason }) => ({ id, outcome: 'left', reason }));
  const terms = {
    payAgain: body.pay_again,
    policy: context.policy,
    newCaller: () => `redrive-${context.newName()}`,
  };
  for await (const answer of redriveRows(context.stores, ids, terms)) {
    counts[answer.kind] += 1;
    if (answer.kind === 'moved') rows.push({ id: answer.id, outcome: 'moved', reason: answer.status });
    else if (answer.kind === 'left') rows.push({ id: answer.record.id, outcome: 'left', reason: answer.reason });
    else rows.push({ id: answer.record.id, outcome: 'redriven', stage: answer.plan.stage });
  }
  return { ...counts, more, rows };
};

export const deadLetterRoutes: Routes = (app, context) => {
  const { stores } = context;

  app.get(
    '/v1/dead-letters',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listDeadLetters',
        summary: 'Dead letters, newest first',
        tags: ['dead letters'],
        querystring: z.object({
          ...pageQuery,
          code: z.string().max(128).optional(),
          batch: z.string().max(128).optional(),
        }),
        response: { 200: pageOf(deadLetterSchema), ...problems() },
      },
    },
    async (request) => {
      const caller = context.callerOf(request);
      const { code, batch, limit, cursor } = request.query;
      const after = readCursor(cursor);
      const page = await stores.dead.page({ code, batch, after, limit });
      const records = await stores.records.readMany(page.ids);
      const rows = records
        .filter(isDead)
        .filter((record) => batch === undefined || code === undefined || record.deadCode === code);
      return {
        data: rows.filter((record) => maySee(caller, record.batch)).map(deadRowJson),
        next_cursor: cursorAfter(page.scores, after, page.more),
      };
    },
  );

  app.get(
    '/v1/dead-letters/codes',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'countDeadLetters',
        summary: 'How many of each code',
        tags: ['dead letters'],
        response: {
          200: z.object({ total: z.int(), codes: z.record(z.string(), z.int()) }),
          ...problemsWithoutInput(),
        },
      },
    },
    async (request) => {
      const codes = await deadCodes(context, context.callerOf(request));
      return { total: Object.values(codes).reduce((sum, count) => sum + count, 0), codes };
    },
  );

  app.get(
    '/v1/dead-letters/:id',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getDeadLetter',
        summary: 'One dead letter: why, what it means, what can be done',
        tags: ['dead letters'],
        params: z.object({ id: z.string().max(64) }),
        response: { 200: detailSchema, ...problems(404) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const record = isExpansionId(id) ? await stores.records.read(id) : null;
      if (!isDead(record) || !maySee(context.callerOf(request), record.batch))
        throw new HttpProblem('not_found', `There is no dead letter of ${id.slice(0, 64)}.`);
      const plan = redrivePlan(record, false, context.policy);
      const history = await stores.records.history(record.id);
      return {
        ...deadRowJson(record),
        request: { ...record.request, parameters: { ...record.request.parameters } as Record<string, unknown> },
        errors: record.errors.map((error) => ({ ...error })),
        redrive:
          plan.kind === 'goes'
            ? { stage: plan.stage, pays: plan.pays, reason: null }
            : { stage: 'submit', pays: 'perhaps_again' as const, reason: plan.reason },
        history: history.map(({ at, ...entry }) => ({ at: new Date(at).toISOString(), ...entry })),
      };
    },
  );

  app.post(
    '/v1/dead-letters/redrive',
    {
      config: { scope: 'operate' },
      schema: {
        operationId: 'redriveDeadLetters',
        summary: 'Take rows back to work, from the stage that they reached',
        description: `At most ${REDRIVE_ROWS_MAX} rows a call; \`more\` says that the same call again goes on. Safe to repeat.`,
        tags: ['dead letters'],
        body: redriveBody,
        response: { 200: redriveAnswer, ...problems(413, 415, 422) },
      },
    },
    async (request) => redriveSelected(context, context.callerOf(request), request.body),
  );
};
