// A run by a plan: the plan says which manifest goes into which batch and how it is read.
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { codeOf, OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { type PlanFile, readPlanFile } from '../plan/plan-file.ts';
import { STDIN_PATH } from './batch-name-of.ts';
import type { RunOptions } from './run.ts';

export interface PlannedRun {
  readonly path: string;
  readonly options: RunOptions;
  /** Null where the run has no plan. */
  readonly plan: PlanFile | null;
}

const SAID_BY_PLAN = ['batch', 'format', 'map', 'set'] as const;

const usage = (message: string): OutpaintError => new OutpaintError('usage_wrong', message);

/** Where a manifest lies, whatever folder a later run starts in. */
export const lastingPath = (path: string): string =>
  path === STDIN_PATH || path.startsWith('s3://') ? path : resolve(path);

/** Throws `usage_wrong`, `plan_file_invalid` or `plan_file_unusable`. */
export const plannedRun = async (path: string | undefined, options: RunOptions): Promise<PlannedRun> => {
  if (options.plan === undefined) {
    if (path !== undefined) return { path, options, plan: null };
    throw usage('Name a manifest, or a plan with --plan.');
  }
  const given = SAID_BY_PLAN.filter((name) => options[name] !== undefined);
  if (given.length > 0)
    throw usage(
      `--${given.join(', --')} ${given.length === 1 ? 'is' : 'are'} what the plan says: leave them out, or plan again.`,
    );
  const plan = readPlanFile(await readPlan(options.plan), options.plan);
  const { manifest, batch } = plan;
  if (path !== undefined && lastingPath(path) !== manifest.path)
    throw usage(`${options.plan} is a plan of ${manifest.path}, not of ${path}.`);
  if (manifest.path === STDIN_PATH && path === undefined)
    throw usage(`${options.plan} is a plan of standard input: give the same rows again, with - as the manifest.`);
  const { map, set, format } = manifest;
  return {
    path: manifest.path,
    plan,
    options: { ...options, batch, map, set, ...(format === null ? {} : { format }) },
  };
};

const unusable = (path: string, error: unknown): OutpaintError =>
  new OutpaintError('plan_file_unusable', `The plan ${path} cannot be read or written: ${codeOf(error)}.`, {
    cause: error,
  });

const readPlan = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    throw unusable(path, error);
  });

export const writePlan = (path: string, plan: PlanFile): Promise<void> =>
  writeFile(path, `${JSON.stringify(plan, null, 2)}\n`).catch((error: unknown) => {
    throw unusable(path, error);
  });
