/**
 * OpenBootloader's own layout parser, with its traps (stm32n6-serial-boot.md A.4): numbers are read
 * by strtoul with base 0, missing fields keep their old values, and nothing is ever cleared.
 */

/** What a layout does to OpenBootloader; `hung`: it does not answer until it is unplugged. */
export type LayoutOutcome = "accepted" | "rejected" | "hung";

/** The stored part of a row. */
export interface TableRow {
  readonly id: number;
  readonly offset: number;
}

/** Size of OpenBootloader's arrays in rows. */
const MAX_ROWS = 15;
/** A field buffer has 33 bytes on the stack; a longer field overwrites the stack. */
const MAX_FIELD = 32;
const FIELDS = 6, ID = 1, OFFSET = 5;
const TAB = 0x09, LF = 0x0A, HASH = 0x23;

/** The rows of every layout that was sent since power-on. */
export class LayoutTable {
  readonly #rows: TableRow[] = [];
  #count = 0;
  /** Values that a short row inherits; at power-on, random stack contents. */
  #last: { id: number; offset: number } = { id: 0xDE, offset: 0xDEAD_BEEF };

  /** Number of rows; it never decreases while power is on. */
  get count(): number {
    return this.#count;
  }

  /** Returns a row by index; memory after the last one reads as zeros. */
  row(index: number): TableRow {
    return this.#rows[index] ?? { id: 0, offset: 0 };
  }

  /** Appends the rows of a text. */
  parse(text: Uint8Array): LayoutOutcome {
    let at = 0;
    for (let isFirst = true; at < text.length; isFirst = false) {
      if (!isFirst && text[at] === HASH) return "hung";
      const row = this.#parseRow(text, at);
      if (typeof row === "string") return row;
      if (row.end === undefined) return "accepted"; // no LF: the row does not count
      at = row.end;
      if (this.#count === MAX_ROWS) {
        this.#count = this.#last.offset; // the sixteenth offset overwrites the count
        return "rejected";
      }
      this.#rows[this.#count++] = { ...this.#last };
    }
    return "accepted";
  }

  /** Reads one row into `#last`; `end`: start of the next row, undefined if there was no LF. */
  #parseRow(text: Uint8Array, start: number): { end?: number } | "rejected" | "hung" {
    let at = start;
    for (let field = 0; field < FIELDS; field++) {
      const from = at;
      // The first character is stored before it is checked, even a TAB or LF.
      for (at++; at < text.length && text[at] !== TAB && text[at] !== LF;) at++;
      if (at - from > MAX_FIELD) return "hung";
      if (field === ID || field === OFFSET) {
        const value = strtoul(String.fromCharCode(...text.subarray(from, at)));
        if (value === undefined) return "rejected";
        this.#last = { ...this.#last, [field === ID ? "id" : "offset"]: value };
      }
      if (at >= text.length) return {};
      const separator = text[at++];
      if (separator === LF) return { end: at };
      if (at >= text.length) return {};
    }
    return text[at] === LF ? { end: at + 1 } : "hung";
  }
}

/**
 * Reads a number as C's strtoul with base 0 does, 32 bits; undefined for no digits and for
 * overflow.
 */
export function strtoul(text: string): number | undefined {
  const match = /^[ \t\n\v\f\r]*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(text);
  if (!match) return undefined;
  const [, sign, digits] = match;
  const value = /^0\d/.test(digits) ? parseInt(digits, 8) : Number(digits);
  if (value > 0xFFFF_FFFF) return undefined;
  return (sign === "-" ? -value : value) >>> 0;
}
