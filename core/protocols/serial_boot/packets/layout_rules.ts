import { byteSize, hex } from "../../../common/format.ts";
import { type Column, type FlashLayout, layoutError, type LayoutRow } from "./flash_layout.ts";
import { PhaseId } from "./phase.ts";
import { text, type Words } from "../../../common/text.ts";

/** Rules for a layout for OpenBootloader on the STM32N6 (stm32n6-serial-boot.md A.3, A.4). */

/** The flash that a layout may write, all in bytes. */
export interface LayoutLimits {
  /** Size of the flash. */
  readonly flashSize: number;
  /** Erase unit; rows must start at a multiple of it. */
  readonly eraseUnit: number;
  /** End of the region that may be written in this job. */
  readonly writableEnd: number;
}

/** OpenBootloader has room for 15 rows (A.3 rule 1). */
const MAX_ROWS = 15;
/** OpenBootloader's field buffers have room for 32 characters (A.4). */
const MAX_FIELD = 32;

/** Ids in the order of the camera's phases; the last is optional. */
const ORDER: readonly number[] = [
  PhaseId.FSBL,
  PhaseId.LOADER,
  PhaseId.APPLICATION,
  PhaseId.EXTENSION,
];

/** Returns the rows that are sent: all except those with Opt `-`. */
export function selectedRows(layout: FlashLayout): LayoutRow[] {
  return layout.rows.filter((row) => row.fields.Opt.text !== "-");
}

/** Returns true if the row is written to flash (not loaded to RAM). */
export function isFlashRow(row: LayoutRow): boolean {
  return row.id === PhaseId.APPLICATION || row.id === PhaseId.EXTENSION;
}

/**
 * Checks everything about a layout that can be checked without its files.
 * @throws UnbrickError `bad-image` with line and column of the first violation.
 */
export function checkLayout(layout: FlashLayout, limits: LayoutLimits): void {
  const { name, rows } = layout;
  if (rows.length > MAX_ROWS) {
    const reason = text`the layout has ${rows.length} rows; the camera accepts at most
      ${MAX_ROWS}.`;
    throw layoutError(name, rows[MAX_ROWS], { column: 1 }, reason);
  }
  for (const row of rows) checkRow(layout, row, limits);
  checkOrder(layout);
}

function checkRow(layout: FlashLayout, row: LayoutRow, limits: LayoutLimits): void {
  const { Opt, Id, Name, Type, IP, Offset } = row.fields;
  if (!ORDER.includes(row.id)) {
    throw refuse(
      "Id",
      text`${Id.text} is not a phase of this camera (0x1, 0x3, 0x4, 0x5); its data would be
        discarded.`,
    );
  }
  if (layout.rows.find((other) => other.id === row.id) !== row) {
    throw refuse("Id", text`id ${Id.text} is used twice.`);
  }
  if (Opt.text === "-" && row.id !== PhaseId.EXTENSION) {
    throw refuse("Opt", text`row ${Id.text} is needed and must not be switched off.`);
  }
  if (Opt.text.includes("E")) {
    throw refuse(
      "Opt",
      text`"${Opt.text}" would leave ${Id.text} empty, so nothing would be restored.`,
    );
  }
  if (Name.text.trim() === "") throw refuse("Name", text`the name is empty.`);
  if (!/^[\x20-\x7E]+$/.test(Name.text)) {
    throw refuse("Name", text`the name has characters that are not plain ASCII.`);
  }
  for (const column of ["Id", "Name", "Offset"] as const) {
    const { length } = row.fields[column].text;
    if (length > MAX_FIELD) {
      throw refuse(
        column,
        text`${length} characters are too long; the camera accepts
        ${MAX_FIELD}.`,
      );
    }
  }
  if (Type.text !== "Binary") throw refuse("Type", text`"${Type.text}" must be Binary here.`);
  const memory = isFlashRow(row) ? "nor0" : "none";
  if (IP.text !== memory) {
    throw refuse("IP", text`"${IP.text}" must be ${memory} for row ${Id.text}.`);
  }
  if (row.offset === undefined) throw refuse("Offset", text`"${Offset.text}" is not a number.`);
  if (isFlashRow(row)) checkOffset(row.offset);

  function checkOffset(offset: number): void {
    if (offset % limits.eraseUnit !== 0) {
      const unit = hex(limits.eraseUnit, 1);
      throw refuse("Offset", text`${Offset.text} is not a multiple of the erase unit ${unit}.`);
    }
    if (offset >= limits.flashSize) {
      throw refuse(
        "Offset",
        text`${Offset.text} is beyond the flash (${byteSize(limits.flashSize)}).`,
      );
    }
    if (offset >= limits.writableEnd) {
      const end = hex(limits.writableEnd, 1);
      throw refuse(
        "Offset",
        text`${Offset.text} is outside the bootloader's region, which ends at ${end}.`,
      );
    }
  }

  function refuse(column: Column, reason: Words) {
    return layoutError(layout.name, row, { ...row.fields[column], name: column }, reason);
  }
}

function checkOrder({ name, rows }: FlashLayout): void {
  rows.forEach((row, index) => {
    const before = index === 0 ? -1 : ORDER.indexOf(rows[index - 1].id);
    if (ORDER.indexOf(row.id) < before) {
      throw layoutError(
        name,
        row,
        { column: row.fields.Id.column, name: "Id" },
        text`row ${row.fields.Id.text} must come before ${rows[index - 1].fields.Id.text}; the
          camera processes the rows in the order of the file.`,
      );
    }
  });
  for (const id of ORDER.slice(0, 3)) {
    if (!rows.some((row) => row.id === id)) {
      throw layoutError(
        name,
        rows[rows.length - 1],
        { column: 1 },
        text`a row with Id ${hex(id, 1)} is missing.`,
      );
    }
  }
}

/**
 * Checks the sizes of the files of a checked layout against the flash.
 * @param size bytes of the row's file; undefined if there is no such file.
 * @throws UnbrickError `bad-image` (or `not-found` for a missing file) with line and column.
 */
export function checkLayoutSizes(
  layout: FlashLayout,
  limits: LayoutLimits,
  size: (row: LayoutRow) => number | undefined,
): void {
  let end = 0;
  for (const row of selectedRows(layout)) {
    const { Binary } = row.fields;
    const refuse = (reason: Words) =>
      layoutError(layout.name, row, { ...Binary, name: "Binary" }, reason);
    const bytes = Binary.text === "" || Binary.text === "none" ? undefined : size(row);
    if (bytes === undefined) {
      throw refuse(
        Binary.text === "" ? text`no file is named.` : text`there is no file "${Binary.text}".`,
      );
    }
    if (bytes === 0) throw refuse(text`"${Binary.text}" is empty.`);
    if (!isFlashRow(row)) continue;
    const offset = row.offset!;
    if (offset < end) {
      throw layoutError(
        layout.name,
        row,
        { ...row.fields.Offset, name: "Offset" },
        text`${row.fields.Offset.text} is inside the previous row, which ends at ${hex(end, 1)}.`,
      );
    }
    end = offset + bytes;
    if (end > limits.flashSize) {
      throw refuse(text`"${Binary.text}" would end at ${hex(end, 1)}, beyond the flash.`);
    }
    if (end > limits.writableEnd) {
      throw refuse(
        text`"${Binary.text}" would end at ${hex(end, 1)}, outside the bootloader's region (up to
          ${hex(limits.writableEnd, 1)}).`,
      );
    }
  }
}
