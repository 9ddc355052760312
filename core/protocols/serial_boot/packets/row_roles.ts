import { PhaseId } from "./phase.ts";

/** Roles of the images that the rows of a layout name, by row id. No release has a row 0x5. */
export const ROW_ROLES: Readonly<Record<number, string>> = {
  [PhaseId.FSBL]: "fsbl",
  [PhaseId.LOADER]: "external-loader",
  [PhaseId.APPLICATION]: "bootloader",
  [PhaseId.EXTENSION]: "extension",
};

/** Role of the layout itself; a board that is restored by one has it among its roles. */
export const LAYOUT_ROLE = "flash-layout";
