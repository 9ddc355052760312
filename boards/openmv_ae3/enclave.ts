import { IspClient } from "../../core/protocols/alif_isp/client/isp_client.ts";
import {
  answers,
  enterMaintenance,
  reachEnclave,
} from "../../core/protocols/alif_isp/client/connect.ts";
import { DEFAULT_BAUD } from "../../core/protocols/alif_isp/packets/command.ts";
import { parts } from "../../core/protocols/alif_isp/packets/memory_map.ts";
import { type DetectedDevice, portOf } from "../../core/device/detected_device.ts";
import type { CameraAccess } from "../../core/device/camera_access.ts";
import { lookUntil } from "../../core/device/look_until.ts";
import { isKind, UnbrickError } from "../../core/common/errors.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import type { SerialPort, SerialPortInfo } from "../../core/transport/serial/port.ts";
import { text } from "../../core/common/text.ts";

/** Opens sessions with the Secure Enclave behind a serial adapter. */

/** The system's name for a port may appear later than the USB device itself. */
const PORT_MS = 5_000;
const PORT_INTERVAL_MS = 100;
/** How long another program may keep the port open before that is an error. */
const BUSY_MS = 15_000;

/**
 * Returns the serial port of a device: by its USB port or, if that is unknown, by ids and serial.
 */
async function portInfo(camera: CameraAccess, detected: DetectedDevice): Promise<SerialPortInfo> {
  const { clock, signal, usb: bus } = camera;
  const port = portOf(detected);
  const until = clock.now() + PORT_MS;
  return await lookUntil(
    async () => ({ found: portAmong(await camera.serial.list(), detected) }),
    {
      bus,
      clock,
      signal,
      intervalMs: PORT_INTERVAL_MS,
      until: () => until,
      makeTimeout: () =>
        new UnbrickError(
          "driver",
          text`The serial adapter on port ${port} does not appear as a serial port on this
            system.`,
          { port },
        ),
    },
  );
}

function portAmong(
  all: readonly SerialPortInfo[],
  { seen }: DetectedDevice,
): SerialPortInfo | undefined {
  const { descriptor, portPath } = seen.usb;
  const ports = all.filter(({ usb }) =>
    usb?.vendorId === descriptor.idVendor && usb.productId === descriptor.idProduct
  );
  const here = ports.find(({ usb }) => usb?.portPath === portPath);
  if (here) return here;
  const unplaced = ports.filter(({ usb }) =>
    usb?.portPath === undefined && (!seen.serial || usb?.serial === seen.serial)
  );
  return unplaced.length === 1 ? unplaced[0] : undefined;
}

/** Opens the serial port of a detected device and runs `work`; sends nothing before that. */
export async function withPort<T>(
  context: StepContext,
  detected: DetectedDevice,
  work: (client: IspClient) => Promise<T>,
): Promise<T> {
  const info = await portInfo(context, detected);
  const port = await openWhenFree(context, info);
  try {
    const { clock, signal } = context;
    const onPrint = (line: string) => context.note(text`The Secure Enclave says: ${line}`);
    return await work(new IspClient({ port, clock, signal, onPrint }));
  } finally {
    await port.close();
  }
}

/** Opens the port; ModemManager, which probes every new port, may keep it open for some seconds. */
async function openWhenFree(context: StepContext, info: SerialPortInfo): Promise<SerialPort> {
  const until = context.clock.now() + BUSY_MS;
  while (true) {
    try {
      return await context.serial.open(info, { baudRate: DEFAULT_BAUD });
    } catch (error) {
      if (!isKind(error, "busy") || context.clock.now() >= until) throw error;
      await context.clock.sleep(PORT_INTERVAL_MS, context.signal);
    }
  }
}

/** Returns the recovery port of this run's camera. @throws UnbrickError `disconnected`. */
export async function recoveryPort(context: StepContext): Promise<DetectedDevice> {
  const detected = await context.detected(["rom"]);
  if (detected) return detected;
  throw new UnbrickError(
    "disconnected",
    text`The recovery port of the ${context.board.name} has disconnected.`,
    { board: context.board.id },
  );
}

/**
 * Runs `work` in a session with the camera's enclave.
 * @throws UnbrickError `timeout` if it is silent.
 */
export async function withEnclave<T>(
  context: StepContext,
  work: (client: IspClient, detected: DetectedDevice) => Promise<T>,
): Promise<T> {
  const detected = await recoveryPort(context);
  return await withPort(context, detected, async (client) => {
    if (await reachEnclave(client)) return await work(client, detected);
    throw new UnbrickError(
      "timeout",
      text`The Secure Enclave of the ${context.board.name} no longer answers.`,
      { board: context.board.id, heard: client.link.heard || null },
    );
  });
}

/**
 * Like withEnclave, with its firmware in maintenance: no application runs, memory may be written.
 */
export async function withMaintenance<T>(
  context: StepContext,
  work: (client: IspClient) => Promise<T>,
): Promise<T> {
  return await withEnclave(context, async (client) => {
    await enterMaintenance(client);
    return await work(client);
  });
}

/** A chip answers half a second after power-on; each attempt takes 0.55 s. */
const PRESENCE_ATTEMPTS = 4;

/**
 * Binds this run to the one adapter behind which an enclave answers; the ids alone prove nothing
 * (alif-isp.md A.1).
 * @returns false if none or several answer, or the run is bound to another port.
 * @throws UnbrickError `permission` if serial ports may not be opened.
 */
export async function bindAnswering(context: StepContext): Promise<boolean> {
  const answering: SerialPortInfo[] = [];
  for (const info of await context.serial.list()) {
    if (isCandidate(info) && await isAnswering(context, info)) answering.push(info);
  }
  const [only, ...others] = answering;
  if (!only || others.length > 0) return false;
  const { portPath, vendorId, productId } = only.usb!;
  try {
    await context.waitFor({
      what: text`the adapter that answers`,
      modes: ["rom"],
      accept: (detected) => {
        const { descriptor } = detected.seen.usb;
        return portPath !== undefined
          ? portOf(detected) === portPath
          : descriptor.idVendor === vendorId && descriptor.idProduct === productId;
      },
      deadlineMs: 500,
    });
    return true;
  } catch (error) {
    if (isKind(error, "timeout")) return false;
    throw error;
  }
}

/** Returns true if an enclave answers behind the adapter; sends only START_ISP. */
export async function enclaveAnswers(
  camera: CameraAccess,
  detected: DetectedDevice,
): Promise<boolean> {
  return await isAnswering(camera, await portInfo(camera, detected));
}

const isCandidate = ({ usb }: SerialPortInfo) =>
  parts.some((one) => one.vendorId === usb?.vendorId && one.productId === usb.productId);

/**
 * Returns the addresses of the connected adapters; a newly connected one gets a different address.
 */
export async function adaptersNow(
  context: StepContext,
): Promise<(detected: DetectedDevice) => boolean> {
  const before = new Set(
    (await context.usb.list()).map(({ bus, address }) => `${bus}/${address}`),
  );
  return ({ seen: { usb } }) => before.has(`${usb.bus}/${usb.address}`);
}

async function isAnswering(camera: CameraAccess, info: SerialPortInfo): Promise<boolean> {
  try {
    const port = await camera.serial.open(info, { baudRate: DEFAULT_BAUD });
    try {
      const { clock, signal } = camera;
      return await answers(new IspClient({ port, clock, signal }), PRESENCE_ATTEMPTS);
    } finally {
      await port.close();
    }
  } catch (error) {
    // A user who may not open this port may not open the right one either.
    if (isKind(error, "cancelled", "permission")) throw error;
    return false; // in use by another program, or gone
  }
}
