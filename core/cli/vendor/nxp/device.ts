import type { Clock } from "../../../common/clock.ts";
import { isKind, UnbrickError } from "../../../common/errors.ts";
import { usbId } from "../../../common/format.ts";
import { type Found, lookUntil } from "../../../device/look_until.ts";
import type { UsbBus, UsbDevice, UsbDeviceInfo } from "../../../transport/usb/device.ts";
import type { Console } from "../../terminal/console.ts";
import type { NxpOptions } from "./options.ts";

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
  const id = usbId(vendorId, productId);
  const until = clock.now() + waitSeconds * 1000;
  let isTold = waitSeconds === 0;
  return await lookUntil(async () => {
    const found = (await bus.list()).filter((info) =>
      info.descriptor.idVendor === vendorId && info.descriptor.idProduct === productId &&
      (path === undefined || info.portPath === path)
    );
    if (found.length > 1) throw several(found);
    const opened = found.length === 1 ? await tryToOpen(bus, found[0]) : {};
    if (!opened.found && !isTold) console.write(`Waiting for the USB device ${id}\n`);
    isTold = true;
    return opened;
  }, { bus, clock, signal, until: () => until, late: () => nothingCame(id, waitSeconds) });
}

async function tryToOpen(bus: UsbBus, info: UsbDeviceInfo): Promise<Found<UsbDevice>> {
  try {
    return { found: await bus.open(info) };
  } catch (error) {
    if (isKind(error, "permission", "driver", "busy", "disconnected")) return { blocked: error };
    throw error;
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
