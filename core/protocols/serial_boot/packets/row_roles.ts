import { PhaseId } from "./phase.ts";

/** Roles of the images in the rows of a layout, by row id. No release has a row 0x5. */
export const ROW_ROLES: Readonly<Record<number, string>> = {
  [PhaseId.FSBL]: "fsbl",
  [PhaseId.LOADER]: "external-loader",
  [PhaseId.APPLICATION]: "bootloader",
  [PhaseId.EXTENSION]: "extension",
};

/** Role of the layout itself, for boards that are restored by one. */
export const LAYOUT_ROLE = "flash-layout";
