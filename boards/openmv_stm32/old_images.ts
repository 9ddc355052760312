import { hex } from "../../core/common/format.ts";
import { text } from "../../core/common/text.ts";
import { VectorTable } from "../../core/common/vector_table.ts";
import { badImage } from "../../core/image/bad_image.ts";
import type { Image } from "../../core/image/image.ts";
import { indexOf } from "../../core/image/search.ts";
import { isResetVectorIn } from "../../core/image/vector_check.ts";
import { SHARED_RUNTIME_ID } from "../../core/openmv_bootloader/identity.ts";
import { partitionNamed, partitionSize } from "../../core/openmv_bootloader/partition.ts";
import type { Stm32Board } from "./boards.ts";
import { FLASH_BASE } from "./chips.ts";
import { marksIn } from "./marks.ts";

/** Files of releases that look like an image and are none, told as what they are. */

/** First release with a DFU bootloader (openmv-runtime.md 5.1). */
const FIRST_DFU_RELEASE = "4.6.0";

/**
 * Refuses a bootloader of firmware 4.5.9 and older: it shows itself as a serial port, so that a restore
 * would wait for it in vain (openmv-runtime.md 4.3).
 * @throws UnbrickError `bad-image`
 */
export function refuseSerialBootloader({ name, bytes }: Image): void {
  const { vendorId, productId } = SHARED_RUNTIME_ID;
  const id = Uint8Array.of(vendorId & 0xFF, vendorId >> 8, productId & 0xFF, productId >> 8);
  const offset = indexOf(bytes, id);
  if (offset < 0 || marksIn(bytes).bootloader.length > 0) return;
  throw badImage(
    name,
    text`it is the old serial bootloader of firmware 4.5.9 and older. Bootloaders that unbrick can use
      are in releases from ${FIRST_DFU_RELEASE} on`,
    { offset },
    { firstRelease: FIRST_DFU_RELEASE },
  );
}

/**
 * Refuses openmv.bin, which is bootloader and firmware in one: what is between them would be erased.
 * @throws UnbrickError `bad-image`
 */
export function refuseJoined({ name, bytes }: Image, board: Stm32Board): void {
  const { start } = partitionNamed(board.partitions, "FIRMWARE");
  const offset = start - FLASH_BASE;
  const size = partitionSize(partitionNamed(board.partitions, "BOOTLOADER"));
  const first = VectorTable.tryDecode(bytes), second = VectorTable.tryDecode(bytes, offset);
  if (!first || !second || !isResetVectorIn(first.resetVector, FLASH_BASE, size)) return;
  if (!isResetVectorIn(second.resetVector, start, bytes.length - offset)) return;
  throw badImage(
    name,
    text`it contains bootloader and firmware, like openmv.bin and openmv.dfu (the firmware begins
      at offset ${hex(offset, 1)}). Writing it would erase the user's files between them. Use
      bootloader.bin and firmware.bin of the same release`,
    { offset },
    { joined: true },
  );
}
