// A batch as it stands after weeks: rows accepted through the store, then most of them ended in bulk, key by key as moves leave them.
import { createRedisBatchStore } from '@outpaint/shared/batch/redis-batch-store';
import type { BatchName, CustomId, ExpansionId } from '@outpaint/shared/contract/ids';
import { parseRequest } from '@outpaint/shared/contract/request';
import { keysOf } from '@outpaint/shared/record/keys';
import type { Redis } from 'ioredis';

export const SEEDED_BATCH = 'catalog' as BatchName;
/** Nearly all letters have the first; a fiftieth the second; one single row, the oldest, the third. */
export const SEEDED_CODES = {
  common: 'InvalidParameter.ImageContent',
  rare: 'InvalidParameter.FileDownload',
  single: 'result_expired',
} as const;

/** The key of the nth delivered row of so many rows, the newest first. */
export const deliveredKey = (rows: number, nth: number): string =>
  `${SEEDED_BATCH}/sku-${Math.floor(rows * ENDED_SHARE) - 1 - nth}.jpg`;
/** How many rows of a list there are. */
export const seededCount = (rows: number, of: 'delivered' | 'dead'): number =>
  Math.floor(rows * (of === 'dead' ? DEAD_SHARE : ENDED_SHARE - DEAD_SHARE));

const CHUNK_ROWS = 500;
const AT_ONCE = 8;
const DEAD_SHARE = 0.1;
const ENDED_SHARE = 0.6;
const GAP_MS = 3;

/** ARGV: prefix, batch, then id, time, code ('' where it was delivered), … */
const endLua = /* lua */ `
local p, batch = ARGV[1], ARGV[2]
local e, b = p .. 'e:' .. batch .. ':', p .. 'b:' .. batch
local dead, delivered = 0, 0
for i = 3, #ARGV, 3 do
  local id, at, code = ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2]
  local x, h = p .. 'x:' .. id, p .. 'h:' .. id
  local base = { 'v', 1, 'hop', 3, 'batch', batch, 'caller', 'worker-1:' .. id, 'answer', 3, 'fed_at', at - 60000, 'licence', 'l-' .. id,
    'sent_at', at - 50000, 'sent_from', at - 50000, 'key_name', 'abcd1234', 'price', 180000, 'attempts', 1,
    'task_id', 't-' .. id, 'submit_request_id', 'r-' .. id, 'submitted_at', at - 49000, 'polls', 2 }
  redis.call('HSET', x, unpack(base))
  redis.call('RPUSH', h, cjson.encode({ at - 50000, 'licensed', 'submitting', '' }), cjson.encode({ at - 49000, 'submitted', 'submitted', 't-' .. id }))
  if code == '' then
    redis.call('HSET', x, 'status', 'delivered', 'billed', 'yes', 'generated_at', at - 2000, 'delivered_at', at, 'object_bytes', 812345,
      'object_sha256', string.rep('0', 38) .. id, 'object_width', 2048, 'object_height', 1536)
    redis.call('RPUSH', h, cjson.encode({ at, 'delivered', 'delivered', '' }))
    redis.call('ZADD', e .. 'delivered', at, id)
    delivered = delivered + 1
  else
    local message = 'The picture of this row was refused by the service for its content, which is said at some length.'
    redis.call('HSET', x, 'status', 'dead_lettered', 'billed', 'no', 'dead_at', at, 'deaths', 1, 'dead_stage', 'poll', 'dead_code', code,
      'dead_class', 'permanent', 'dead_message', message, 'letter', 'written',
      'errors', cjson.encode({ { at = at, stage = 'poll', code = code, class = 'permanent', message = message } }))
    redis.call('RPUSH', h, cjson.encode({ at, 'dead_lettered', 'dead_lettered', code }))
    redis.call('ZADD', e .. 'dead_lettered', at, id)
    redis.call('ZADD', e .. 'dead_lettered:' .. code, at, id)
    redis.call('ZADD', p .. 'dead', at, id)
    redis.call('ZADD', p .. 'dead:' .. code, at, id)
    redis.call('HINCRBY', p .. 'dead-codes', code, 1)
    dead = dead + 1
  end
end
redis.call('HINCRBY', b, 'accepted', -(dead + delivered))
redis.call('HINCRBY', b, 'dead_lettered', dead)
redis.call('HINCRBY', b, 'delivered', delivered)
redis.call('HINCRBY', b, 'spent', delivered * 180000)
return 'OK'
`;

const codeOf = (index: number, dead: number): string => {
  if (index === 0) return SEEDED_CODES.single;
  if (index >= dead) return '';
  return index % 50 === 1 ? SEEDED_CODES.rare : SEEDED_CODES.common;
};

/** A tenth dead, half delivered, the rest waiting. */
export const seedConsole = async (redis: Redis, namespace: string, rows: number): Promise<void> => {
  const keys = keysOf(namespace);
  const batches = createRedisBatchStore(redis, keys);
  await batches.open(SEEDED_BATCH, { budgetMicro: rows * 180_000 });
  // Nothing is at work: what is measured is the console.
  await batches.pause(SEEDED_BATCH);
  const wish = {
    custom_id: 'a',
    batch: SEEDED_BATCH,
    source: 'https://cdn.example.com/a.jpg',
    parameters: { x_scale: 2 },
  };
  const parsed = parseRequest(wish, { randomCustomId: () => 'a' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const [dead, ended, began] = [rows * DEAD_SHARE, rows * ENDED_SHARE, Date.now() - rows * GAP_MS];
  const finish = async (from: number, until: number): Promise<void> => {
    const requests = Array.from({ length: until - from }, (_, i) => ({
      ...parsed.request,
      custom_id: `sku-${from + i}` as CustomId,
      source: `https://cdn.example.com/catalogue/spring/${from + i}.jpg`,
      output_key: `${SEEDED_BATCH}/sku-${from + i}.jpg`,
    }));
    const answers: { id: ExpansionId }[] = [];
    for (let i = 0; i < requests.length; i += 250) {
      answers.push(...(await batches.accept(SEEDED_BATCH, requests.slice(i, i + 250))));
    }
    const args = answers.flatMap(({ id }, i) =>
      from + i < ended ? [id, String(began + (from + i) * GAP_MS), codeOf(from + i, dead)] : [],
    );
    if (args.length === 0) return;
    await redis.eval(endLua, 1, keys.line, keys.prefix, SEEDED_BATCH, ...args);
  };
  const all = async (from: number, until: number): Promise<void> => {
    for (let chunk = from; chunk < until; chunk += CHUNK_ROWS * AT_ONCE) {
      const starts = Array.from({ length: AT_ONCE }, (_, i) => chunk + i * CHUNK_ROWS).filter((at) => at < until);
      await Promise.all(starts.map((at) => finish(at, Math.min(until, at + CHUNK_ROWS))));
    }
  };
  // What has ended waits no more; those that still wait come after it.
  await all(0, ended);
  await redis.del(keys.backlog(SEEDED_BATCH));
  await all(ended, rows);
  await batches.seal(SEEDED_BATCH);
};
