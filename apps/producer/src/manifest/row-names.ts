// Finds two rows of one name or of one output key, in one table where keys follow from names: a million rows take some 25 MB.
import { defaultOutputKey } from '@outpaint/shared/contract/output-key';
import type { ExpansionRequest } from '@outpaint/shared/contract/request';
import { SeenNames } from './seen-names.ts';

export interface SeenBefore {
  readonly field: 'custom_id' | 'output_key';
  readonly line: number;
}

/**
 * Two names never have the same default key, so that key stands for the name, and for the key too where a row has no
 * other. Rows with a key of their own are remembered by both.
 */
export class RowNames {
  readonly #rows = new SeenNames();
  readonly #names = new SeenNames();
  readonly #keys = new SeenNames();

  /** What an earlier row has, the name before the key; null where nothing is, and then the row is remembered. */
  see({ batch, custom_id: customId, output_key: key }: ExpansionRequest, line: number): SeenBefore | null {
    const name = defaultOutputKey(batch, customId);
    const named = this.#rows.lineOf(name) ?? this.#names.lineOf(name);
    if (named !== null) return { field: 'custom_id', line: named };
    const keyed = (key === name ? null : this.#rows.lineOf(key)) ?? this.#keys.lineOf(key);
    if (keyed !== null) return { field: 'output_key', line: keyed };
    if (key === name) this.#rows.see(key, line);
    else {
      this.#names.see(name, line);
      this.#keys.see(key, line);
    }
    return null;
  }
}
