import { DfuSeClient } from "../../core/protocols/dfu/client/dfuse_client.ts";
import {
  type MemoryLayout,
  parseLayout,
  sectorAt,
} from "../../core/protocols/dfu/packets/layout.ts";
import type { CameraAccess, SessionKind } from "../../core/device/camera_access.ts";
import type { SeenDevice } from "../../core/device/detected_device.ts";
import { isKind, UnbrickError } from "../../core/common/errors.ts";
import type { UsbDevice } from "../../core/transport/usb/device.ts";
import { EXTERNAL_FLASH } from "./boards.ts";
import { text } from "../../core/common/text.ts";

/** Arduino's DFU bootloader (MCUboot), which speaks DfuSe (openmv-boards.md 3.6). */

/**
 * Layouts of the alternate settings by number, used if their names contain no layout. The numbers
 * are known (openmv-boards.md 3.6); the names and the external sector size are not (inferred).
 */
const usual = [
  { alternate: 0, layout: parseLayout("@Internal Flash /0x08000000/01*128Ka,15*128Kg") },
  { alternate: 1, layout: parseLayout("@External Flash /0x90000000/4096*004Kg") },
];

interface OpenDevice {
  readonly device: UsbDevice;
  readonly seen: SeenDevice;
}

const dfuSession: SessionKind<OpenDevice> = {
  modes: ["bootloader"],
  name: text`its DFU bootloader`,
  start: (device, { seen }) => Promise.resolve({ device, seen }),
};

/** Runs `work` with the bootloader, on the memory that contains `address`. */
export async function withDfu<T>(
  camera: CameraAccess,
  address: number,
  work: (memory: DfuSeClient) => Promise<T>,
): Promise<T> {
  const { clock, signal, board } = camera;
  try {
    return await camera.use(dfuSession, async ({ device, seen }) => {
      const memory = memoryAt(seen, address);
      // Not an ST ROM: it is not known whether it delays GETSTATUS while busy.
      return await work(await DfuSeClient.open({ device, clock, signal, strict: true, ...memory }));
    });
  } catch (error) {
    // All addresses are known for these boards, so the device describes itself incorrectly.
    if (!isKind(error, "usage")) throw error;
    throw new UnbrickError(
      "wrong-board",
      text`The bootloader describes memory that the ${board.name} does not have: ${error.text}`,
      { ...error.data, board: board.id },
      { cause: error },
    );
  }
}

/** Returns the alternate setting whose layout contains the address, otherwise the usual one. */
function memoryAt(
  seen: SeenDevice,
  address: number,
): { readonly alternate: number; readonly layout: MemoryLayout } {
  for (const [key, name] of seen.interfaceNames) {
    const layout = tryLayout(name);
    if (layout && sectorAt(layout, address)) {
      return { alternate: Number(key.split(":")[1]), layout };
    }
  }
  return usual[address < EXTERNAL_FLASH ? 0 : 1];
}

function tryLayout(name: string): MemoryLayout | undefined {
  try {
    return parseLayout(name);
  } catch {
    return undefined; // the names of some alternates contain only a version
  }
}
