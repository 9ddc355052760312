import { isKind } from "../../../common/errors.ts";
import { DfuClient } from "../../../protocols/dfu/client/dfu_client.ts";
import type { UsbDevice } from "../../../transport/usb/device.ts";
import type { Candidate } from "./candidate.ts";
import { anyId, noId } from "./device_match.ts";
import type { DfuUtilOptions } from "./options.ts";
import { pick, type Surroundings, waitForCandidates } from "./target.ts";

/** Changes a device between its run-time mode and its DFU mode. */

/** wTimeout of DETACH as in dfu-util, ms. */
const DETACH_MS = 1000;
/** Longest time for a change of mode, which takes a few seconds. */
const RETURN_SECONDS = 30;

export async function detach(
  { clock }: Surroundings,
  device: UsbDevice,
  { dfu }: Candidate,
): Promise<void> {
  await device.claim(dfu.bInterfaceNumber);
  await new DfuClient({ device, clock, dfu }).detach(DETACH_MS);
}

/** Sends DETACH to running firmware, then waits until its bootloader appears on the same port. */
export async function switchToDfu(
  surroundings: Surroundings,
  options: DfuUtilOptions,
  candidate: Candidate,
): Promise<Candidate> {
  const { bus, console } = surroundings;
  console.write("The device runs its firmware; outputOptions it to start its bootloader\n");
  const device = await bus.open(candidate.info);
  try {
    await detach(surroundings, device, candidate);
    if (!candidate.dfu.functional.willDetach) await resetQuietly(device);
  } finally {
    await device.close();
  }
  const inDfuMode: DfuUtilOptions = {
    ...options,
    path: candidate.info.portPath,
    device: { runtime: noId, dfu: options.device?.dfu ?? anyId },
    timeout: Math.max(options.detachDelay, RETURN_SECONDS),
  };
  return pick(await waitForCandidates(surroundings, inDfuMode), options);
}

/** Resets a device (`-R`). A device that leaves the bus meanwhile has obeyed. */
export async function resetDevice(
  surroundings: Surroundings,
  device: UsbDevice,
  candidate: Candidate,
): Promise<void> {
  surroundings.console.write("Resetting USB to switch back to Run-Time mode\n");
  try {
    await detach(surroundings, device, candidate);
  } catch (error) {
    if (!isKind(error, "disconnected", "stalled")) throw error;
  }
  await resetQuietly(device);
}

async function resetQuietly(device: UsbDevice): Promise<void> {
  try {
    await device.reset();
  } catch (error) {
    if (!isKind(error, "disconnected")) throw error;
  }
}
