import { DfuSeClient } from "../../core/protocols/dfu/client/dfuse_client.ts";
import {
  type MemoryLayout,
  parseLayout,
  sectorAt,
} from "../../core/protocols/dfu/packets/layout.ts";
import type { SeenDevice } from "../../core/device/detected_device.ts";
import { isKind, UnbrickError } from "../../core/common/errors.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import { EXTERNAL_FLASH } from "./boards.ts";

/** Arduino's DFU bootloader (MCUboot), which speaks DfuSe (openmv-boards.md 3.6). */

/**
 * Alternate settings by number, and what lies behind them if their names do not tell: the numbers are
 * known (openmv-boards.md 3.6), the names are not, nor is the sector size outside (inferred).
 */
const usual = [
  { alternate: 0, layout: parseLayout("@Internal Flash /0x08000000/01*128Ka,15*128Kg") },
  { alternate: 1, layout: parseLayout("@External Flash /0x90000000/4096*004Kg") },
];

/** Opens the bootloader on the memory that holds `address` for `work`, and closes it again. */
export async function withDfu<T>(
  context: StepContext,
  address: number,
  work: (memory: DfuSeClient) => Promise<T>,
): Promise<T> {
  const detected = await context.detected(["bootloader"]);
  if (!detected) {
    throw new UnbrickError(
      "disconnected",
      `The ${context.board.name} is no longer in its DFU bootloader.`,
      { board: context.board.id },
    );
  }
  const device = await context.usb.open(detected.seen.usb);
  try {
    const { clock, signal } = context;
    const memory = memoryAt(detected.seen, address);
    // Not an ST ROM: whether it holds GETSTATUS while busy is not known.
    return await work(await DfuSeClient.open({ device, clock, signal, strict: true, ...memory }));
  } catch (error) {
    // All addresses are those of these boards: it is the device that describes itself otherwise.
    if (!isKind(error, "usage")) throw error;
    throw new UnbrickError(
      "wrong-board",
      `The bootloader describes another memory than that of the ${context.board.name}: ${error.message}`,
      { ...error.data, board: context.board.id },
      { cause: error },
    );
  } finally {
    await device.close();
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
