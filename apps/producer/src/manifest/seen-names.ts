// Remembers which names were seen and on which line, in some 24 bytes a name: a million names take about 25 MB.
import { hash } from 'node:crypto';

const SLOTS_AT_FIRST = 1024;

/**
 * A hash table of 8 bytes of SHA-256 and a line number for each name. Two different names are mistaken for one with a chance
 * of 3 in 100 million for a manifest of a million rows; the second row is refused then, so nothing is paid by mistake.
 */
export class SeenNames {
  #high = new Uint32Array(SLOTS_AT_FIRST);
  #low = new Uint32Array(SLOTS_AT_FIRST);
  #line = new Uint32Array(SLOTS_AT_FIRST);
  #size = 0;

  /** The line on which the name was seen first, or null if it is new; a new name is remembered with `line`, from 1. */
  see(name: string, line: number): number | null {
    const digest = hash('sha256', name, 'buffer');
    const high = digest.readUInt32LE(0);
    const low = digest.readUInt32LE(4);
    const slot = this.#slotOf(high, low);
    const first = this.#line[slot];
    if (first !== undefined && first !== 0) return first;
    this.#put(slot, high, low, line);
    this.#size += 1;
    if (this.#size * 2 > this.#line.length) this.#grow();
    return null;
  }

  /** The line on which the name was seen first, or null. */
  lineOf(name: string): number | null {
    if (this.#size === 0) return null;
    const digest = hash('sha256', name, 'buffer');
    return this.#line[this.#slotOf(digest.readUInt32LE(0), digest.readUInt32LE(4))] || null;
  }

  has(name: string): boolean {
    return this.lineOf(name) !== null;
  }

  #put(slot: number, high: number, low: number, line: number): void {
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#line[slot] = line;
  }

  #slotOf(high: number, low: number): number {
    const mask = this.#line.length - 1;
    let slot = low & mask;
    while (this.#line[slot] !== 0 && (this.#high[slot] !== high || this.#low[slot] !== low)) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [high, low, line] = [this.#high, this.#low, this.#line];
    const slots = line.length * 2;
    this.#high = new Uint32Array(slots);
    this.#low = new Uint32Array(slots);
    this.#line = new Uint32Array(slots);
    for (const [slot, first] of line.entries()) {
      const h = high[slot] ?? 0;
      const l = low[slot] ?? 0;
      if (first !== 0) this.#put(this.#slotOf(h, l), h, l, first);
    }
  }
}
