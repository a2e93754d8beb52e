// The report on disk: made before anything is paid, written whatever happens, never over another one.
import { type FileHandle, open, writeFile } from 'node:fs/promises';
import { codeOf, OutpaintError } from '@outpaint/shared/errors/outpaint-error';

export interface ReportFile {
  readonly path: string;
  /** The report as JSON, replacing nothing of another run. */
  write(report: unknown): Promise<void>;
  /** A paid picture beside the report; its file name. */
  writePicture(n: number, extension: string, bytes: Buffer): Promise<string>;
}

/** Throws `usage_wrong` where the file exists or cannot be made: better now than after paying. */
export const openReportFile = async (path: string): Promise<ReportFile> => {
  let file: FileHandle;
  try {
    file = await open(path, 'wx', 0o600);
  } catch (error) {
    const why = codeOf(error) === 'EEXIST' ? 'exists already' : `cannot be made (${codeOf(error)})`;
    throw new OutpaintError('usage_wrong', `${path} ${why}: choose another file with --out.`, { cause: error });
  }
  return {
    path,
    write: async (report) => {
      try {
        await file.writeFile(`${JSON.stringify(report, null, 2)}\n`);
      } finally {
        await file.close();
      }
    },
    writePicture: async (n, extension, bytes) => {
      const name = `${path.replace(/\.json$/, '')}-${n}.${extension}`;
      await writeFile(name, bytes, { flag: 'wx', mode: 0o600 });
      return name;
    },
  };
};
