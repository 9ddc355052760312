import { DfuSeClient } from "../../core/protocols/dfu/client/dfuse_client.ts";
import { parseLayout } from "../../core/protocols/dfu/packets/layout.ts";
import type { DetectedDevice } from "../../core/device/detected_device.ts";
import { UnbrickError } from "../../core/common/errors.ts";
import type { StartSession, StepContext } from "../../core/plan/step_context.ts";
import { romChip } from "./recognise.ts";

/** Has `work` use the chip's ROM bootloader on its internal flash; it stays open for later steps. */
export async function withRom<T>(
  context: StepContext,
  work: (memory: DfuSeClient) => Promise<T>,
): Promise<T> {
  const detected = context.heldDevice(startRom) ?? await context.detected(["rom"]);
  if (detected) return await context.withOpen(detected, startRom, work);
  throw new UnbrickError(
    "disconnected",
    `The ${context.board.name} is no longer in its ROM bootloader.`,
    { board: context.board.id },
  );
}

const startRom: StartSession<DfuSeClient> = async (device, detected, { clock, signal }) => {
  const { alternate, name } = internalFlash(detected);
  return await DfuSeClient.open({ device, clock, alternate, layout: parseLayout(name), signal });
};

/** The alternate setting of the internal flash, by its name. */
function internalFlash({ seen }: DetectedDevice): { alternate: number; name: string } {
  const layout = romChip(seen)?.romLayout;
  for (const [key, name] of seen.interfaceNames) {
    if (layout?.test(name)) return { alternate: Number(key.split(":")[1]), name };
  }
  throw seen.unreadable ??
    new UnbrickError("wrong-board", "The ROM bootloader names no flash of a known camera.");
}
