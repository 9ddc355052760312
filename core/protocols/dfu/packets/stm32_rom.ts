import { text } from "../../../common/text.ts";

/**
 * The ROM of every STM32, from the M4's to the N6's; OpenBootloader also has it (openmv-boards.md
 * 1.3).
 */
export const ST_DFU_ID = { vendorId: 0x0483, productId: 0xDF11 } as const;

/** The title while its names cannot be read: it may be any of them. */
export const UNREADABLE_ROM_TITLE = text`STM32 system bootloader (its names cannot be read)`;
