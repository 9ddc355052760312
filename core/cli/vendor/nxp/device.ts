import type { Clock } from "../../../common/clock.ts";
import { isKind, UnbrickError } from "../../../common/errors.ts";
import { usbId } from "../../../common/format.ts";
import type { UsbBus, UsbDevice, UsbDeviceInfo } from "../../../transport/usb/device.ts";
import type { Console } from "../../terminal/console.ts";
import type { NxpOptions } from "./options.ts";

/** How long a device may be there without being usable (udev is still setting rights), ms. */
const BLOCKED_GRACE_MS = 2_000;
const LOOK_INTERVAL_MS = 250;

interface Surroundings {
  readonly bus: UsbBus;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly console: Console;
}

/** @throws UnbrickError `timeout`, `consent-needed` (several fit), or why it cannot be opened. */
export async function openDevice(
  { bus, clock, signal, console }: Surroundings,
  { vendorId, productId, path, waitSeconds }: NxpOptions,
): Promise<UsbDevice> {
  const deadline = clock.now() + waitSeconds * 1000;
  let blockedSince: number | undefined, isTold = false;
  while (true) {
    const found = (await bus.list()).filter((info) =>
      info.descriptor.idVendor === vendorId && info.descriptor.idProduct === productId &&
      (path === undefined || info.portPath === path)
    );
    if (found.length > 1) throw several(found);
    try {
      if (found.length === 1) return await bus.open(found[0]);
      blockedSince = undefined;
    } catch (error) {
      if (!isKind(error, "permission", "driver", "busy", "disconnected")) throw error;
      blockedSince ??= clock.now();
      if (clock.now() - blockedSince >= BLOCKED_GRACE_MS) throw error;
    }
    const left = deadline - clock.now();
    if (left <= 0) throw nothingCame(usbId(vendorId, productId), waitSeconds);
    if (!isTold) console.write(`Waiting for the USB device ${usbId(vendorId, productId)}\n`);
    isTold = true;
    await bus.changed({ timeoutMs: Math.min(left, LOOK_INTERVAL_MS), signal });
  }
}

function nothingCame(id: string, seconds: number): UnbrickError {
  return new UnbrickError(
    "timeout",
    `Waited ${seconds} s for the USB device ${id}, and none came.`,
    {
      usbId: id,
      seconds,
    },
  );
}

function several(found: readonly UsbDeviceInfo[]): UnbrickError {
  const ports = found.map(({ portPath }) => portPath).join(", ");
  return new UnbrickError(
    "consent-needed",
    `${found.length} such devices are on the bus (ports ${ports}): choose one with --path PORT.`,
    { ports },
  );
}
