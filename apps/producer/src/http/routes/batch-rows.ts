// The rows of a batch by status and code, in keyset pages that cost the same at the start and at the end of a million.
import type { BatchName } from '@outpaint/shared/contract/ids';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import { STATUSES, type Status } from '@outpaint/shared/lifecycle/status';
import { z } from 'zod';
import { rowJson } from '../../view/row-json.ts';
import { type After, cursorAfter, pageQuery, readCursor } from '../page.ts';
import { pageOf, problems } from '../responses.ts';
import type { Routes, ServerContext } from '../server-context.ts';
import { knownName } from './batches.ts';

/** Where few rows have the code that is asked for, so many are looked through for one page. */
const LOOKED_AT_MAX = 5_000;
const CHUNK_ROWS = 500;

const rowSchema = z
  .object({
    id: z.string(),
    batch: z.string(),
    custom_id: z.string(),
    status: z.enum(STATUSES),
    billed: z.enum(['no', 'yes', 'maybe']),
    source: z.string(),
    output_key: z.string(),
    parameters: z.record(z.string(), z.unknown()),
    code: z.string().nullable(),
    message: z.string().nullable(),
    bytes: z.int().nullable(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Row' });

interface Wish {
  readonly status: Status;
  readonly code: string | undefined;
  readonly limit: number;
}

/** Reads on until the page is full, the list has ended, or enough was looked through. */
const pageOfRows = async (
  { stores }: ServerContext,
  batch: BatchName,
  { status, code, limit }: Wish,
  from: After | null,
): Promise<{ rows: ExpansionRecord[]; next: string | null }> => {
  const rows: ExpansionRecord[] = [];
  let after = from;
  // Most rows may have the code that is asked for, or hardly any: what is read at once grows from a page.
  // Dead letters are listed by code as well; of a doubt the code stands in its record only, and doubts are few.
  const listed = code !== undefined && status === 'dead_lettered';
  for (let looked = 0, step = limit; ; step = Math.min(CHUNK_ROWS, step * 2)) {
    const chunk = code === undefined || listed ? limit - rows.length : step;
    const page = listed
      ? await stores.rows.pageOfCode(batch, code, after, chunk)
      : await stores.rows.page(batch, status, after, chunk);
    const records = await stores.records.readMany(page.ids);
    let taken = 0;
    for (const record of records) {
      if (rows.length === limit) break;
      taken += 1;
      const fits = record?.status === status && record.batch === batch;
      if (fits && (code === undefined || record.deadCode === code || record.doubtCode === code)) rows.push(record);
    }
    looked += page.ids.length;
    // Waiting rows that stand outside the list come first and have no place in it.
    const scores = page.scores.slice(0, Math.max(0, taken - (page.ids.length - page.scores.length)));
    const next = cursorAfter(scores, after, page.more || taken < page.ids.length);
    if (next === null || rows.length >= limit || looked >= LOOKED_AT_MAX) return { rows, next };
    after = readCursor(next);
  }
};

export const batchRowRoutes: Routes = (app, context) => {
  app.get(
    '/v1/batches/:batch/rows',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listRows',
        summary: 'Rows of a batch with one status, newest first',
        description:
          'With the code of doubts, a page may be short or empty and yet have a `next_cursor`: few rows had it so far.',
        tags: ['batches'],
        params: z.object({ batch: z.string().min(1).max(128) }),
        querystring: z.object({
          ...pageQuery,
          status: z.enum(STATUSES),
          code: z.string().max(128).optional(),
        }),
        response: { 200: pageOf(rowSchema), ...problems(404) },
      },
    },
    async (request) => {
      const batch = await knownName(context, context.callerOf(request), request.params.batch);
      const { status, code, limit, cursor } = request.query;
      const { rows, next } = await pageOfRows(context, batch, { status, code, limit }, readCursor(cursor));
      return { data: rows.map(rowJson), next_cursor: next };
    },
  );
};
