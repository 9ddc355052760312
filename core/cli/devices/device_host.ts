import type { Job } from "../../family/board.ts";
import { DeviceFinder } from "../../device/finder.ts";
import type { SimulatedBoard } from "../../family/family.ts";
import type { UsbBus } from "../../transport/usb/device.ts";
import type { BoardImages } from "../../image/image.ts";
import type { SerialBus } from "../../transport/serial/port.ts";
import { VirtualPorts } from "../../transport/virtual_ports.ts";
import type { ReadyBoard } from "./board_names.ts";
import type { SimulatedCamera } from "./simulated_camera.ts";
import type { Session } from "../session.ts";

/** Gives access to devices: on the real bus, or on a virtual bus with one simulated camera. */
export interface DeviceHost {
  readonly finder: DeviceFinder;
  readonly serial?: SerialBus;
  /** The simulated camera, if there is one. */
  readonly camera?: SimulatedBoard;
  close(): Promise<void>;
}

export async function openRealHost(session: Session): Promise<DeviceHost> {
  const serial = await session.context.openSerialBus?.();
  return { ...await openUsbHost(session), serial };
}

/** Opens the real bus without serial ports. */
export async function openUsbHost(session: Session): Promise<DeviceHost> {
  const { context, options } = session;
  return hostOf(await context.openUsbBus({ library: options.libusb }), session);
}

/**
 * Opens a virtual bus with the session's simulated camera, or with a new one in the condition that the
 * job expects. Transfers take realistic time.
 */
export function openSimulatedHost(
  session: Session,
  job: Job,
  known: ReadyBoard,
  plannedImages: BoardImages,
): DeviceHost {
  const { replay, trace } = session.context;
  if (replay) return { ...hostOf(replay.usb, session), serial: replay.serial };
  const { ports, camera } = session.simulated ?? simulateCamera(session, job, known, plannedImages);
  const bus = ports.openBus();
  return {
    ...hostOf(trace?.usb(bus) ?? bus, session),
    serial: trace?.serial(ports.serial) ?? ports.serial,
    camera,
  };
}

/**
 * Simulates a camera on port 1-1. For `verify` and `look`, it contains the planned images; otherwise the
 * family's own.
 */
export function simulateCamera(
  session: Session,
  job: Job,
  { family, board }: ReadyBoard,
  plannedImages: BoardImages,
): SimulatedCamera {
  const { clock, options } = session;
  const ports = new VirtualPorts(clock);
  const camera = family.simulate(board, {
    ...ports.at("1-1"),
    condition: startingCondition(session, job),
    ...(options.trap.length > 0 && { traps: trapsOf(options.trap) }),
    ...((job === "verify" || job === "look") && { images: plannedImages }),
    plannedImages,
  });
  return { ports, camera, images: plannedImages };
}

/**
 * Returns the initial condition of a simulated camera: from the command line, otherwise what the
 * job expects.
 */
export function startingCondition({ options }: Session, job: Job) {
  return options.condition ?? (job === "restore" ? "bricked" : "healthy");
}

/** Parses traps: `name`, `name=5` or `name=text`. The family refuses unknown ones. */
export function trapsOf(given: readonly string[]): Record<string, string | number | boolean> {
  return Object.fromEntries(given.map((text) => {
    const [, name, value] = /^([^=]*)(?:=(.*))?$/.exec(text)!;
    if (value === undefined || value === "true") return [name, true];
    if (value === "false") return [name, false];
    return [name, /^(0x[0-9a-f]+|\d+)$/i.test(value) ? Number(value) : value];
  }));
}

function hostOf(bus: UsbBus, { families, clock }: Session): DeviceHost {
  return { finder: new DeviceFinder(bus, families, clock), close: () => bus.close() };
}
