// What the demo came to, asked from outside: the CLI, the stand-in's bill and the files themselves.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { z } from 'zod';
import type { Size } from '../picture/frame-of.ts';
import { askCli } from '../stack/run-cli.ts';
import type { Stack } from '../stack/start-stack.ts';
import type { DemoRow } from './demo-row.ts';

const BatchAnswer = z.object({
  rows: z.number(),
  counts: z.record(z.string(), z.number()),
  currency: z.string(),
  spent: z.string(),
});
const LettersAnswer = z.object({ letters: z.array(z.object({ custom_id: z.string().nullable(), code: z.string() })) });
const LedgerAnswer = z.object({
  rows: z.array(z.object({ source: z.string().nullable(), billed: z.boolean() })),
  billed: z.number(),
  tasks: z.number(),
  submits: z.number(),
  billedTwice: z.array(z.string()),
});
export type Ledger = z.infer<typeof LedgerAnswer>;

export interface ExitCodes {
  readonly plan: number;
  readonly run: number;
}

export interface DemoOutcome {
  /** What `outpaint plan` and `outpaint run` ended with. */
  readonly exitCodes: ExitCodes;
  readonly batch: z.infer<typeof BatchAnswer>;
  /** Code of the dead letter, by custom_id. */
  readonly letters: ReadonlyMap<string, string>;
  readonly ledger: Ledger;
  /** Size of what lies in the bucket, by custom_id; what is missing or no picture is not in it. */
  readonly pictures: ReadonlyMap<string, Size>;
}

/** The key is the default one; the demo's names need no escaping. */
export const pictureFile = (stack: Pick<Stack, 'bucketDir'>, batch: string, customId: string): string =>
  join(stack.bucketDir, batch, `${customId}.jpg`);

/** Asks once, changes nothing. */
export const readOutcome = async (
  stack: Stack,
  batch: string,
  rows: readonly DemoRow[],
  exitCodes: ExitCodes,
): Promise<DemoOutcome> => {
  const [shown, listed, bill] = await Promise.all([
    askCli(['batch', 'show', batch], stack.env),
    askCli(['dead-letter', 'list', '--batch', batch], stack.env),
    fetch(`${stack.controlUrl}/ledger`).then((answer) => answer.json()),
  ]);
  const letters = LettersAnswer.parse(listed).letters.map(({ custom_id, code }) => [custom_id ?? '', code] as const);
  const pictures = new Map<string, Size>();
  for (const { customId } of rows) {
    const size = await sizeOf(pictureFile(stack, batch, customId));
    if (size !== null) pictures.set(customId, size);
  }
  return {
    exitCodes,
    batch: BatchAnswer.parse(shown),
    letters: new Map(letters),
    ledger: LedgerAnswer.parse(bill),
    pictures,
  };
};

const sizeOf = async (file: string): Promise<Size | null> => {
  const bytes = await readFile(file).catch(() => null);
  if (bytes === null) return null;
  return sharp(bytes)
    .metadata()
    .catch(() => null);
};
