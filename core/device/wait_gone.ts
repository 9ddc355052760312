import { UnbrickError } from "../common/errors.ts";
import type { UsbBus, UsbDeviceInfo } from "../transport/usb/device.ts";
import { type LookOptions, lookUntil } from "./look_until.ts";
import { text } from "../common/text.ts";

/**
 * Waits until a device has left the bus. @throws UnbrickError `timeout` after `deadlineMs`
 * milliseconds.
 */
export async function waitGone(
  { bus: number, address, portPath: port }: UsbDeviceInfo,
  { bus, clock, signal }: Pick<LookOptions, "clock" | "signal"> & { readonly bus: UsbBus },
  deadlineMs: number,
): Promise<void> {
  const until = clock.now() + deadlineMs;
  await lookUntil(async () => {
    const isThere = (await bus.list()).some((info) =>
      info.bus === number && info.address === address && info.portPath === port
    );
    return isThere ? {} : { found: true };
  }, {
    bus,
    clock,
    signal,
    until: () => until,
    makeTimeout: () =>
      new UnbrickError("timeout", text`The device on port ${port} did not leave the bus.`, {
        port,
        milliseconds: deadlineMs,
      }),
  });
}
