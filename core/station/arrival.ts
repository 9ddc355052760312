import type { Board } from "../family/board.ts";
import type { Look } from "../device/finder.ts";
import { type DetectedDevice, isUsable, type Mode } from "../device/detected_device.ts";
import { UnbrickError } from "../common/errors.ts";
import { usbId } from "../common/format.ts";
import type { HardwareAction } from "../plan/hardware_action.ts";
import type { UsbDeviceInfo } from "../transport/usb/device.ts";
import type { StationJob } from "./events.ts";
import { joined, text } from "../common/text.ts";

/** How a station classifies the devices on one port. */
export type Verdict =
  | { readonly is: "empty" }
  /** A camera in a mode from which the job starts, and the boards of the station that it may be. */
  | {
    readonly is: "ready";
    readonly detected: DetectedDevice;
    readonly boards: readonly Board[];
  }
  /** A camera of this board that needs steps by hand before the job can start. */
  | {
    readonly is: "early";
    readonly detected: DetectedDevice;
    readonly actions: readonly HardwareAction[];
  }
  /** A device that the station does not use. */
  | { readonly is: "other"; readonly error: UnbrickError; readonly detected?: DetectedDevice }
  /** A device that cannot be opened or recognised (yet). */
  | { readonly is: "blocked"; readonly error: UnbrickError; readonly detected?: DetectedDevice };

/**
 * The modes in which a job starts without steps by hand. Restoring a running camera needs steps by
 * hand first.
 */
const startsFrom: Readonly<Record<StationJob, readonly Mode[]>> = {
  restore: ["rom", "flashloader", "bootloader"],
  flash: ["bootloader", "firmware"],
  verify: ["bootloader", "firmware"],
};

/** Classifies the devices on a port, without opening them. */
export function classifyPort(
  infos: readonly UsbDeviceInfo[],
  { detectedDevices, unusable }: Look,
  boards: readonly Board[],
  job: StationJob,
): Verdict {
  if (infos.length === 0) return { is: "empty" };
  const [{ portPath, descriptor }] = infos;
  const boardsOf = ({ boardIds }: DetectedDevice) =>
    boards.filter(({ id }) => boardIds.includes(id));
  const ours = detectedDevices.filter((one) => boardsOf(one).length > 0);
  const [detected] = ours;
  if (!detected) return notOurs(infos, detectedDevices, unusable, boards);
  if (infos.length > 1 || /-0$/.test(portPath)) {
    const message =
      text`The system does not say which USB port this camera is on (${portPath}), so it could be
        confused with another camera.`;
    return { is: "other", detected, error: new UnbrickError("driver", message, { portPath }) };
  }
  if (!isUsable(detected)) {
    const error = detected.seen.unreadable ??
      new UnbrickError("driver", text`The ${detected.title} cannot be used.`, {
        usbId: usbId(descriptor.idVendor, descriptor.idProduct),
      });
    return { is: "blocked", error, detected };
  }
  const possible = boardsOf(detected);
  if (startsFrom[job].includes(detected.mode)) return { is: "ready", detected, boards: possible };
  const [board] = possible;
  const actions = job === "restore" ? board.recoveryActions : board.afterActions;
  return { is: "early", detected, actions };
}

function notOurs(
  [{ descriptor }]: readonly UsbDeviceInfo[],
  [other]: readonly DetectedDevice[],
  [blocked]: Look["unusable"],
  boards: readonly Board[],
): Verdict {
  const wanted = joined(boards.map(({ name }) => name), text` or `);
  const id = usbId(descriptor.idVendor, descriptor.idProduct);
  if (!other) {
    // It may have left while it was being read, so report it only if this lasts.
    const message = text`This is not the ${wanted}; it is an unknown device (${id}).`;
    const unknown = new UnbrickError("wrong-board", message, { usbId: id });
    return { is: "blocked", error: blocked?.reason ?? unknown };
  }
  const message = text`This is not the ${wanted}; it is: ${other.title}.`;
  const error = new UnbrickError("wrong-board", message, {
    board: boards.map(({ id }) => id).join(","),
    found: other.boardIds.join(","),
  });
  return { is: "other", detected: other, error };
}
