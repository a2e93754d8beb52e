// A catalog in which every kind of fault is scripted for some rows, and how a row of each kind must end.
import type { FaultRuleInput } from '@outpaint/sandbox/upstream/fault-rule';
import type { Status } from '@outpaint/shared/lifecycle/status';

export interface RowKind {
  readonly name: string;
  /** The rules for one row, without its source. */
  readonly faults: readonly FaultRuleInput[];
  readonly status: Status;
  /** How it may end as well: whether a doubt can be settled depends on what else was listed around it. */
  readonly orStatus?: Status;
  /** Of the dead letter, or of the doubt. */
  readonly code?: string;
  /** How many pictures of this row the account pays for. */
  readonly billed: 0 | 1;
}

const once = { times: 1 } as const;
const algo = { code: 'InternalError.Algo', message: 'algorithm process error' } as const;
const upload = { code: 'InternalError.FileUpload', message: 'oss upload error' } as const;

export const ROW_KINDS: readonly RowKind[] = [
  { name: 'plain', faults: [], status: 'delivered', billed: 1 },
  {
    name: 'submit-500-once',
    faults: [{ at: 'submit', status: 500, ...algo, ...once }],
    status: 'delivered',
    billed: 1,
  },
  {
    name: 'submit-500-always',
    faults: [{ at: 'submit', status: 500, ...upload }],
    status: 'dead_lettered',
    code: upload.code,
    billed: 0,
  },
  {
    name: 'submit-400',
    faults: [{ at: 'submit', status: 400, code: 'InvalidParameter.ImageContent' }],
    status: 'dead_lettered',
    code: 'InvalidParameter.ImageContent',
    billed: 0,
  },
  {
    name: 'submit-429-twice',
    faults: [{ at: 'submit', status: 429, code: 'Throttling.RateQuota', times: 2 }],
    status: 'delivered',
    billed: 1,
  },
  {
    name: 'submit-reset-after',
    faults: [{ at: 'submit', kind: 'reset_after' }],
    status: 'in_doubt',
    code: 'upstream_reset',
    billed: 1,
  },
  {
    name: 'submit-reset-before',
    faults: [{ at: 'submit', kind: 'reset_before' }],
    status: 'in_doubt',
    orStatus: 'dead_lettered',
    code: 'upstream_reset',
    billed: 0,
  },
  {
    name: 'submit-html',
    faults: [{ at: 'submit', kind: 'html', created: true }],
    status: 'in_doubt',
    code: 'upstream_not_json',
    billed: 1,
  },
  { name: 'task-500-once', faults: [{ at: 'task', ...algo, ...once }], status: 'delivered', billed: 1 },
  { name: 'task-500-always', faults: [{ at: 'task', ...algo }], status: 'dead_lettered', code: algo.code, billed: 0 },
  {
    name: 'task-400',
    faults: [{ at: 'task', code: 'InvalidParameter.ImageFormat' }],
    status: 'dead_lettered',
    code: 'InvalidParameter.ImageFormat',
    billed: 0,
  },
  {
    name: 'task-download',
    faults: [{ at: 'task', code: 'InvalidParameter.FileDownload' }],
    status: 'dead_lettered',
    code: 'InvalidParameter.FileDownload',
    billed: 0,
  },
  {
    name: 'task-canceled',
    faults: [{ at: 'task', kind: 'canceled' }],
    status: 'dead_lettered',
    code: 'task_canceled',
    billed: 0,
  },
  {
    name: 'query-500',
    faults: [{ at: 'query', status: 500, code: 'InternalError', times: 2 }],
    status: 'delivered',
    billed: 1,
  },
  { name: 'query-html', faults: [{ at: 'query', kind: 'html', ...once }], status: 'delivered', billed: 1 },
  { name: 'query-unknown', faults: [{ at: 'query', kind: 'unknown', times: 2 }], status: 'delivered', billed: 1 },
  { name: 'result-truncated', faults: [{ at: 'result', kind: 'truncated', ...once }], status: 'delivered', billed: 1 },
  {
    name: 'result-503',
    faults: [{ at: 'result', kind: 'status', status: 503, ...once }],
    status: 'delivered',
    billed: 1,
  },
  {
    name: 'result-not-image',
    faults: [{ at: 'result', kind: 'not_image' }],
    status: 'dead_lettered',
    code: 'result_not_an_image',
    billed: 1,
  },
  {
    name: 'result-too-large',
    faults: [{ at: 'result', kind: 'too_large' }],
    status: 'dead_lettered',
    code: 'result_too_large',
    billed: 1,
  },
];

export interface CatalogRow {
  readonly customId: string;
  readonly file: string;
  readonly kind: RowKind;
}

/** Rows of every kind in turn. */
export const faultyCatalog = (rows: number): CatalogRow[] =>
  Array.from({ length: rows }, (_, i) => {
    const kind = ROW_KINDS[i % ROW_KINDS.length] as RowKind;
    const customId = `${kind.name}-${String(i).padStart(4, '0')}`;
    return { customId, file: `${customId}.jpg`, kind };
  });

export const faultsOf = (rows: readonly CatalogRow[]): FaultRuleInput[] =>
  rows.flatMap((row) => row.kind.faults.map((fault) => ({ ...fault, source: row.file })));
