import type { Clock } from "../../../common/clock.ts";
import { isKind, UnbrickError } from "../../../common/errors.ts";
import { usbId } from "../../../common/format.ts";
import { portOf } from "../../../device/detected_device.ts";
import { DeviceFinder } from "../../../device/finder.ts";
import { type LookResult, lookUntil } from "../../../device/look_until.ts";
import { silentReason } from "../../../device/silent_port.ts";
import type { ListedFamily } from "../../../family/family.ts";
import { LOADER_PRODUCT_ID, LOADER_VENDOR_ID } from "../../../protocols/mboot/packets/report.ts";
import { ROM_PRODUCT_ID, ROM_VENDOR_ID } from "../../../protocols/sdp/packets/report.ts";
import type { UsbBus, UsbDevice, UsbDeviceInfo } from "../../../transport/usb/device.ts";
import type { Console } from "../../terminal/console.ts";
import type { NxpOptions } from "./options.ts";

/** How long to wait for a device that is changing from one id to the next. */
const WAIT_SECONDS = 10;

interface Surroundings {
  readonly bus: UsbBus;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly console: Console;
  readonly families: readonly ListedFamily[];
}

/**
 * Opens the device that matches the options. Without `--wait`, stops early if the chip is present
 * and stays in the other tool's stage.
 * @throws UnbrickError `timeout`, also for the other stage; `consent-needed` (several match), or
 * why it cannot be opened
 */
export async function openDevice(
  { bus, clock, signal, console, families }: Surroundings,
  { vendorId, productId, path, waitSeconds }: NxpOptions,
): Promise<UsbDevice> {
  const id = usbId(vendorId, productId);
  const seconds = waitSeconds ?? WAIT_SECONDS;
  const until = clock.now() + seconds * 1000;
  let isTold = seconds === 0;
  let other: UnbrickError | undefined;
  const device = lookUntil(async () => {
    const there = (await bus.list()).filter((info) => (path ?? info.portPath) === info.portPath);
    const found = there.filter(({ descriptor }) =>
      descriptor.idVendor === vendorId && descriptor.idProduct === productId
    );
    if (found.length > 1) throw several(found);
    const opened = found.length === 1 ? await tryToOpen(bus, found[0]) : {};
    other = found.length === 0 ? otherStage(there, id) : undefined;
    if (!opened.found && !isTold) {
      console.write(`Waiting for the USB device ${id}\n${other ? `${other.message}\n` : ""}`);
      isTold = true;
    }
    return waitSeconds === undefined && other ? { blocked: other } : opened;
  }, {
    bus,
    clock,
    signal,
    until: () => until,
    makeTimeout: () => other ?? nothingCame(id, seconds),
  });
  try {
    return await device;
  } catch (error) {
    if (!isKind(error, "timeout") || error === other) throw error;
    const { detectedDevices } = await new DeviceFinder(bus, families, clock).look(signal);
    const silent = await silentReason(bus);
    if (detectedDevices.length === 0) {
      if (silent === undefined) throw error;
      throw new UnbrickError("timeout", `${error.message} ${silent}`, error.data);
    }
    const seen = detectedDevices.map((one) => `${one.title} (port ${portOf(one)})`).join(", ");
    throw new UnbrickError("timeout", `${error.message} Instead there is: ${seen}.`, error.data);
  }
}

/** The stages of the chip, and what to do in each. */
const stages = [
  {
    stage: "rom",
    id: usbId(ROM_VENDOR_ID, ROM_PRODUCT_ID),
    tell: (place: string) => `The chip is in its ROM ${place}: load the flashloader first.`,
  },
  {
    stage: "flashloader",
    id: usbId(LOADER_VENDOR_ID, LOADER_PRODUCT_ID),
    tell: (place: string) => `The chip is there as flashloader ${place}: use blhost.`,
  },
];

/** Returns the error for a chip in the stage of another tool. */
function otherStage(there: readonly UsbDeviceInfo[], wanted: string): UnbrickError | undefined {
  for (const { descriptor: { idVendor, idProduct }, portPath } of there) {
    const id = usbId(idVendor, idProduct);
    const other = stages.find((one) => one.id === id && id !== wanted);
    if (!other) continue;
    const { stage, tell } = other;
    const data = { waited: true, stage, port: portPath };
    return new UnbrickError("timeout", tell(`${id} (port ${portPath})`), data);
  }
}

async function tryToOpen(bus: UsbBus, info: UsbDeviceInfo): Promise<LookResult<UsbDevice>> {
  try {
    return { found: await bus.open(info) };
  } catch (error) {
    if (isKind(error, "permission", "driver", "busy", "disconnected")) return { blocked: error };
    throw error;
  }
}

function nothingCame(usbId: string, seconds: number): UnbrickError {
  return new UnbrickError(
    "timeout",
    `Waited ${seconds} s for the USB device ${usbId}, and none came.`,
    { waited: true, usbId, seconds },
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
