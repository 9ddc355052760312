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
 * Alternate settings by number, and what lies behind them if their names do not tell: the numbers are
 * known (openmv-boards.md 3.6), the names are not, nor is the sector size outside (inferred).
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

/** Has `work` use the bootloader on the memory that holds `address`. */
export async function withDfu<T>(
  camera: CameraAccess,
  address: number,
  work: (memory: DfuSeClient) => Promise<T>,
): Promise<T> {
  const { clock, signal, board } = camera;
  try {
    return await camera.use(dfuSession, async ({ device, seen }) => {
      const memory = memoryAt(seen, address);
      // Not an ST ROM: whether it holds GETSTATUS while busy is not known.
      return await work(await DfuSeClient.open({ device, clock, signal, strict: true, ...memory }));
    });
  } catch (error) {
    // All addresses are those of these boards: it is the device that describes itself otherwise.
    if (!isKind(error, "usage")) throw error;
    throw new UnbrickError(
      "wrong-board",
      text`The bootloader describes memory that the ${board.name} does not have: ${error.text}`,
      { ...error.data, board: board.id },
      { cause: error },
    );
  }
}

/** The alternate setting whose own layout has the address, else the usual one. */
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
    return undefined; // some alternates only carry a version
  }
}
