// What the simulated API knows and bills: every task, whose it is, how it ends.
import type { Chance } from '../chance.ts';

export interface LedgerTask {
  readonly id: string;
  /** The picture's source, which tells the ledger whose it is; our stores never see this side. */
  readonly source: string;
  readonly requestId: string;
  /** How the account lists the key that it was submitted with. */
  readonly apiKeyId: string;
  readonly createdAt: number;
  readonly endsAt: number;
  /** `hangs` never ends. */
  readonly end: 'SUCCEEDED' | 'FAILED' | 'hangs';
  readonly failure: string | null;
}

export interface Ledger {
  readonly tasks: Map<string, LedgerTask>;
  create(source: string, requestId: string, apiKeyId: string, now: number, faulty: number): LedgerTask;
  statusOf(task: LedgerTask, now: number): 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED';
  ofSource(source: string): readonly LedgerTask[];
}

const FAILURES = [
  'InternalError.Algo',
  'InternalError.FileUpload',
  'InvalidParameter.ImageContent',
  'InvalidParameter.FileDownload',
  'Arrearage',
  'Throttling',
];

export const createLedger = (chance: Chance): Ledger => {
  const tasks = new Map<string, LedgerTask>();
  const bySource = new Map<string, LedgerTask[]>();
  return {
    tasks,
    create: (source, requestId, apiKeyId, now, faulty) => {
      const isFaulty = chance.hits(faulty);
      const end = isFaulty ? (chance.hits(0.85) ? 'FAILED' : 'hangs') : 'SUCCEEDED';
      const task: LedgerTask = {
        id: `task-${tasks.size + 1}`,
        source,
        requestId,
        apiKeyId,
        createdAt: now,
        endsAt: now + chance.int(1_000, chance.hits(0.9) ? 20_000 : 250_000),
        end,
        failure: end === 'FAILED' ? chance.pick(FAILURES) : null,
      };
      tasks.set(task.id, task);
      bySource.set(source, [...(bySource.get(source) ?? []), task]);
      return task;
    },
    statusOf: (task, now) => {
      if (task.end === 'hangs' || now < task.endsAt) return now - task.createdAt < 500 ? 'PENDING' : 'RUNNING';
      return task.end;
    },
    ofSource: (source) => bySource.get(source) ?? [],
  };
};
