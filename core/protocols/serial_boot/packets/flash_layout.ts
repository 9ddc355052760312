import { withoutMark } from "../../../common/byte_order_mark.ts";
import { UnbrickError } from "../../../common/errors.ts";
import { plural, text, type Words } from "../../../common/text.ts";

/** The FlashLayout.tsv of STM32CubeProgrammer: seven columns separated by TABs. */

/** Names of the columns, in order (stm32n6-serial-boot.md A.2). */
export const COLUMNS = ["Opt", "Id", "Name", "Type", "IP", "Offset", "Binary"] as const;
export type Column = typeof COLUMNS[number];

/** One field and its position in the file. */
export interface Field {
  readonly text: string;
  /** Position of its first character in the line, counted from 1. */
  readonly column: number;
}

/** One row: its fields by name, with the numbers read. */
export interface LayoutRow {
  /** Line in the file, counted from 1. */
  readonly line: number;
  readonly fields: Readonly<Record<Column, Field>>;
  /** Phase id, 0x00..0xF0. */
  readonly id: number;
  /** Offset in bytes, 0..0xFFFFFFFF; undefined for `boot1` and `boot2` (eMMC). */
  readonly offset: number | undefined;
}

/** A parsed layout; layout_rules.ts checks its rules. */
export interface FlashLayout {
  /** Name of the file, for messages. */
  readonly name: Words;
  readonly rows: readonly LayoutRow[];
}

/**
 * Returns the error that refuses a layout; data: `file`, `line`, `column` (both counted from 1) and
 * `field`.
 */
export function layoutError(
  name: Words,
  row: { line: number },
  field: { column: number; name?: Column },
  reason: Words,
): UnbrickError {
  const what = field.name ? ` (${field.name})` : "";
  return new UnbrickError(
    "bad-image",
    text`${name}, line ${row.line}, column ${field.column}${what}: ${reason}`,
    { file: String(name), line: row.line, column: field.column, field: field.name ?? null },
  );
}

/** Longest text of a layout; the largest real one would have 15 rows (A.3 rule 1). */
const MAX_BYTES = 65_536;

/**
 * Reads a layout (grammar: stm32n6-serial-boot.md A.2). Lines that start with `#` and empty lines
 * are skipped, CR is ignored, and several TABs count as one.
 * @throws UnbrickError `bad-image` with the line and column of the first fault.
 */
export function parseFlashLayout(bytes: Uint8Array, name: Words): FlashLayout {
  const rows: LayoutRow[] = [];
  decode(bytes, name).split("\n").forEach((row, index) => {
    const line = index + 1;
    const content = row.replaceAll("\r", "");
    if (content === "" || content.startsWith("#")) return;
    rows.push(parseRow(name, line, content));
  });
  if (rows.length === 0) {
    throw layoutError(name, { line: 1 }, { column: 1 }, text`the layout has no rows.`);
  }
  return { name, rows };
}

function decode(file: Uint8Array, name: Words): string {
  const bytes = withoutMark(file);
  const start = (reason: Words) => layoutError(name, { line: 1 }, { column: 1 }, reason);
  if (bytes.length === 0) throw start(text`the file is empty.`);
  if (bytes.length > MAX_BYTES) throw start(text`the file is too large for a layout.`);
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    const before = bytes.subarray(0, nul);
    const line = before.reduce((lines, byte) => lines + (byte === 0x0A ? 1 : 0), 1);
    const column = nul - before.lastIndexOf(0x0A);
    throw layoutError(
      name,
      { line },
      { column },
      text`it contains a zero byte, so it is not a
      text file.`,
    );
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw start(text`this is not a text file (invalid UTF-8).`);
  }
}

function parseRow(name: Words, line: number, content: string): LayoutRow {
  const found = splitFields(content);
  if (found.length !== COLUMNS.length) {
    const at = found.length > COLUMNS.length ? found[COLUMNS.length].column : content.length + 1;
    throw layoutError(
      name,
      { line },
      { column: at },
      text`the row has ${
        plural(found.length, text`${found.length} column`, text`${found.length} columns`)
      }, 7 are needed (${COLUMNS.join(", ")}; TABs between).`,
    );
  }
  const fields = Object.fromEntries(
    COLUMNS.map((column, index) => [column, found[index]]),
  ) as Record<Column, Field>;
  for (const column of COLUMNS) check[column]?.(fields[column], (r) => refuse(column, r));
  return { line, fields, id: Number(fields.Id.text), offset: offsetOf(fields.Offset.text) };

  function refuse(column: Column, reason: Words): UnbrickError {
    const at = { column: fields[column].column, name: column };
    return layoutError(name, { line }, at, reason);
  }
}

/** Splits a line at runs of TABs; a TAB at the end gives an empty last field. */
function splitFields(content: string): Field[] {
  const fields: Field[] = [];
  let column = 1;
  for (const part of content.split(/(\t+)/)) {
    if (!part.startsWith("\t")) fields.push({ text: part, column });
    column += part.length;
  }
  return fields;
}

/** What a field may contain on any chip. */
const check: Partial<Record<Column, (field: Field, refuse: (why: Words) => Error) => void>> = {
  Opt({ text: field }, refuse) {
    if (field === "-") return;
    const strange = [...field].find((letter) => !"PED".includes(letter));
    if (strange !== undefined) {
      throw refuse(
        text`"${field}" contains the letter "${strange}"; only P, E, D or a single - is allowed
          here.`,
      );
    }
    if (!field.includes("P")) {
      throw refuse(text`"${field}" has no P, so the row would not be programmed.`);
    }
  },
  Id({ text: field }, refuse) {
    const why = numberFault(field);
    if (why) throw refuse(why);
    if (Number(field) > 0xF0) throw refuse(text`${field} is not an id of a row (0x00 to 0xF0).`);
  },
  Type({ text: field }, refuse) {
    if (!/^(Binary(\(\d+\))?|FIP|System|FileSystem|RawImage)$/.test(field)) {
      throw refuse(text`"${field}" is not a type (Binary, FIP, System, FileSystem or RawImage).`);
    }
  },
  IP({ text: field }, refuse) {
    if (!/^(none|ram|(nor|mmc|nand|spi-nand)\d)$/.test(field)) {
      throw refuse(text`"${field}" is not a memory (none, ram, nor0, mmc0, nand0, spi-nand0).`);
    }
  },
  Offset({ text: field }, refuse) {
    if (field === "boot1" || field === "boot2") return;
    const why = numberFault(field);
    if (why) throw refuse(why);
  },
};

/** Returns why the camera would not read the field as this number (A.4: strtoul with base 0). */
function numberFault(field: string): Words | undefined {
  if (/^0\d+$/.test(field)) {
    return text`"${field}" starts with 0, which the camera would read as an octal number; write 0x… or no 0.`;
  }
  if (!/^(0[xX][0-9a-fA-F]+|\d+)$/.test(field)) {
    return text`"${field}" is not a number (decimal, or hexadecimal with 0x).`;
  }
  return Number(field) > 0xFFFF_FFFF ? text`${field} does not fit in 32 bits.` : undefined;
}

function offsetOf(field: string): number | undefined {
  return field.startsWith("boot") ? undefined : Number(field);
}
