import { DfuSeClient } from "../../core/protocols/dfu/client/dfuse_client.ts";
import { parseLayout } from "../../core/protocols/dfu/packets/layout.ts";
import type { CameraAccess, SessionKind } from "../../core/device/camera_access.ts";
import type { DetectedDevice } from "../../core/device/detected_device.ts";
import { UnbrickError } from "../../core/common/errors.ts";
import { romChip } from "./recognise.ts";
import { text } from "../../core/common/text.ts";

/** The chip's ROM bootloader, on its internal flash. */
const romSession: SessionKind<DfuSeClient> = {
  modes: ["rom"],
  name: text`its ROM bootloader`,
  async start(device, detected, { clock, signal }) {
    const { alternate, name } = internalFlash(detected);
    return await DfuSeClient.open({ device, clock, alternate, layout: parseLayout(name), signal });
  },
};

/**
 * Runs `work` with the chip's ROM bootloader.
 * @throws UnbrickError `disconnected` if it is gone.
 */
export async function withRom<T>(
  camera: CameraAccess,
  work: (memory: DfuSeClient) => Promise<T>,
): Promise<T> {
  return await camera.use(romSession, work);
}

/** Returns the alternate setting of the internal flash, by its name. */
function internalFlash({ seen }: DetectedDevice): { alternate: number; name: string } {
  const layout = romChip(seen)?.romLayout;
  for (const [key, name] of seen.interfaceNames) {
    if (layout?.test(name)) return { alternate: Number(key.split(":")[1]), name };
  }
  throw seen.unreadable ??
    new UnbrickError("wrong-board", text`The ROM bootloader describes no flash of a known camera.`);
}
