// What a task does while it runs: fetch the source, judge it, extend it.
import { extendPicture } from '../picture/extend-picture.ts';
import { readPicture } from '../picture/read-picture.ts';
import { API_ERRORS, type ApiError } from './api-error.ts';
import { downloadSource } from './download-source.ts';
import { extendsNothingAnyway, refusedFrame } from './refused-frame.ts';
import type { SandboxOptions } from './sandbox-options.ts';
import type { Task, TaskEnd } from './task.ts';
import { tinyPicture } from './tiny-picture.ts';

/** Documented: an output above 10 MB fails the data inspection. */
const OUTPUT_BYTES_MAX = 10 * 1024 * 1024;

export type TaskWork = (task: Task, closing: AbortSignal) => Promise<TaskEnd>;

/** Never throws; a picture that cannot be drawn after all is the algorithm's error, as with the real one. */
export function createTaskWork(options: SandboxOptions): TaskWork {
  return async ({ source, parameters }, closing) => {
    if (options.resultKind === 'tiny') {
      if (extendsNothingAnyway(parameters)) return failure(API_ERRORS.noExtension);
      return { status: 'SUCCEEDED', bytes: await tinyPicture() };
    }
    const { bytes, error } = await downloadSource(source, options.sourceTimeoutMs, closing);
    if (error !== null) return failure(error);
    const picture = await readPicture(bytes, { thorough: true });
    if (picture === null) return failure(API_ERRORS.imageFormat);
    const refused = refusedFrame(picture, parameters);
    if (refused !== null) return failure(refused);
    try {
      const extended = await extendPicture(bytes, parameters);
      if (extended.length > OUTPUT_BYTES_MAX) return failure(API_ERRORS.dataInspection);
      return { status: 'SUCCEEDED', bytes: extended };
    } catch {
      return failure(API_ERRORS.algorithm);
    }
  };
}

function failure({ code, message }: ApiError): TaskEnd {
  return { status: 'FAILED', code, message };
}
